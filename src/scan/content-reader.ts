import { Cutter } from '../chunk/cutter.ts';
import { RbError } from '../base/errors.ts';
import { blake3 } from '../base/hash.ts';
import { CUT_RULE } from '../model/chunking.ts';
import { ContentBuilder } from '../model/content.ts';
import type { Content } from '../model/entry.ts';
import { EMPTY_CONTENT } from '../model/entry.ts';
import type { Fd, Posix } from '../posix/posix.ts';
import type { Stat } from '../posix/stat.ts';
import type { ChunkSender } from './chunk-sender.ts';
import { RecentIds } from './recent-ids.ts';

/** Times that a file is read when it changes meanwhile. */
const MOST_READINGS = 3;
const BLOCK_BYTES = 512;

/** What a file was when it was read. */
export type Reading = {
  readonly content: Content;
  /** What the content sums up to. */
  readonly size: number;
  /** The inode as the reading found it; its size may be another. */
  readonly stat: Stat;
  /** Whether the inode was the same before and after. */
  readonly isStable: boolean;
};

export type ReadingProgress = (path: Uint8Array, fileBytes: number, fileTotal: number) => void;

type PosixForReading = Pick<Posix, 'read' | 'nextData' | 'nextHole' | 'fstat' | 'abilities'>;

/** Turns open files into chunks and references. One file at a time. */
export class ContentReader {
  readonly #posix: PosixForReading;
  readonly #sender: ChunkSender;
  readonly #onProgress: ReadingProgress;
  #cutter: Cutter | null = null;
  #path: Uint8Array = new Uint8Array(0);
  #total = 0;
  #held: RecentIds | null = null;

  /** @param onProgress called after each chunk of a large file; may throw to end the reading */
  constructor(posix: PosixForReading, sender: ChunkSender, onProgress: ReadingProgress) {
    this.#posix = posix;
    this.#sender = sender;
    this.#onProgress = onProgress;
  }

  /**
   * Reads a file, again if it changes meanwhile, and hands its chunks to the sender.
   * @param before the inode as it was before the file was opened
   * @param held content whose chunks needn't be sent
   * @throws what the system throws; RbError too-large; unsupported if this is no file any more
   */
  read(fd: Fd, path: Uint8Array, before: Stat, held: Content): Reading {
    this.#path = path;
    this.#held = idsIn(held);
    let stat = before;
    for (let readings = 1; ; readings++) {
      this.#total = stat.size;
      const content = this.#readOnce(fd, stat);
      const after = this.#posix.fstat(fd);
      if (after.kind !== 'file')
        throw new RbError('unsupported', 'It was replaced by something else.');
      const size = sizeOf(content);
      const isStable = isSameInode(stat, after) && size === after.size;
      stat = after;
      if (isStable || readings === MOST_READINGS) return { content, size, stat, isStable };
    }
  }

  #readOnce(fd: Fd, { size, blocks }: Stat): Content {
    if (size === 0) return EMPTY_CONTENT;
    const mayHaveHoles = this.#posix.abilities.holes && blocks * BLOCK_BYTES < size;
    if (!mayHaveHoles && size < CUT_RULE.minBytes) {
      const ref = this.#readSmall(fd, 0, size);
      return ref === null ? EMPTY_CONTENT : { depth: 0, refs: [ref] };
    }
    const builder = this.#newBuilder(size);
    if (mayHaveHoles) this.#readExtents(fd, size, builder);
    else this.#readExtent(fd, 0, size, builder);
    return builder.finish();
  }

  /** Lists are sent as they are closed; each level's follow each other from the beginning of the file on. */
  #newBuilder(size: number): ContentBuilder {
    const path = this.#path;
    const offsets: number[] = [];
    return new ContentBuilder(size, (id, list, bytes, depth) => {
      const offset = offsets[depth] ?? 0;
      offsets[depth] = offset + bytes;
      this.#sender.list(list, { t: 'part', path, offset, id, bytes, depth });
    });
  }

  #readExtents(fd: Fd, size: number, builder: ContentBuilder): void {
    let at = 0;
    while (at < size) {
      const data = this.#posix.nextData(fd, at);
      const dataStart = data === -1 ? size : Math.min(size, Math.max(at, data));
      if (dataStart > at) builder.add(null, dataStart - at);
      if (dataStart === size) return;
      const hole = this.#posix.nextHole(fd, dataStart);
      // -1: the file was shortened meanwhile. At the place itself: it was turned into a hole meanwhile.
      const dataEnd = hole <= dataStart ? size : Math.min(size, hole);
      const read = this.#readExtent(fd, dataStart, dataEnd, builder);
      if (dataStart + read < dataEnd) return;
      at = dataEnd;
    }
  }

  /** @returns how many bytes there were */
  #readExtent(fd: Fd, start: number, end: number, builder: ContentBuilder): number {
    if (end - start < CUT_RULE.minBytes) {
      const ref = this.#readSmall(fd, start, end - start);
      if (ref !== null) builder.add(ref.id, ref.bytes);
      return ref?.bytes ?? 0;
    }
    this.#cutter ??= new Cutter();
    let at = start;
    const chunks = this.#cutter.cut((window, from, bytes) => {
      const most = Math.min(bytes, end - at);
      const read = most === 0 ? 0 : this.#posix.read(fd, window.subarray(from, from + most), at);
      at += read;
      return read;
    });
    let done = 0;
    for (const chunk of chunks) {
      const id = blake3(chunk);
      if (!this.#isHeld(id)) this.#sender.addCopy(id, chunk);
      builder.add(id, chunk.length);
      done += chunk.length;
      this.#onProgress(this.#path, start + done, this.#total);
    }
    return done;
  }

  /** Less than the shortest chunk: it is read to where it is sent from. */
  #readSmall(fd: Fd, start: number, length: number): { id: Uint8Array; bytes: number } | null {
    const room = this.#sender.room(length);
    let bytes = this.#posix.read(fd, room, start);
    while (bytes < length) {
      const more = bytes === 0 ? 0 : this.#posix.read(fd, room.subarray(bytes), start + bytes);
      if (more === 0) break;
      bytes += more;
    }
    if (bytes === 0) return null;
    const id = blake3(bytes === length ? room : room.subarray(0, bytes));
    if (!this.#isHeld(id)) this.#sender.add(id, bytes);
    return { id, bytes };
  }

  #isHeld(id: Uint8Array): boolean {
    return this.#held !== null && this.#held.has(id);
  }
}

/** The chunks that a content names itself; null if there are none. Those below lists are not known here. */
function idsIn({ depth, refs }: Content): RecentIds | null {
  if (depth > 0 || refs.length === 0) return null;
  const ids = new RecentIds(refs.length + 1);
  for (const { id } of refs) if (id !== null) ids.add(id);
  return ids;
}

function sizeOf({ refs }: Content): number {
  let size = 0;
  for (const ref of refs) size += ref.bytes;
  return size;
}

/** Whether nothing says that a file changed between two looks at it. */
export function isSameInode(a: Stat, b: Stat): boolean {
  return (
    a.ino === b.ino &&
    a.dev === b.dev &&
    a.size === b.size &&
    a.mtimeNsec === b.mtimeNsec &&
    a.mtimeSec === b.mtimeSec &&
    a.ctimeNsec === b.ctimeNsec &&
    a.ctimeSec === b.ctimeSec
  );
}
