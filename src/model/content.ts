import { blake3 } from '../base/hash.ts';
import { ByteReader, ByteWriter } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import type { Content, Ref } from './entry.ts';
import { LIMITS } from './limits.ts';

/** Files longer than this keep their references in list chunks, so that they travel while they are read. */
export const INLINE_CONTENT_BYTES: number = 64 * 1024 * 1024;

/** depth, count, then each reference as varint(bytes * 2 + isHole) and, unless a hole, its id. */
export function writeContent(out: ByteWriter, content: Content): void {
  out.varint(content.depth);
  out.varint(content.refs.length);
  for (const ref of content.refs) {
    out.varint(ref.bytes * 2 + (ref.id === null ? 1 : 0));
    if (ref.id !== null) out.bytes(ref.id);
  }
}

/**
 * Reads a content and checks its bounds; ids are views on the reader's buffer.
 * @param mostRefs 8192 inside an entry, 256 inside a list chunk
 * @returns the content and the number of bytes it stands for
 * @throws protocol
 */
export function readContent(
  input: ByteReader,
  mostRefs: number,
): { content: Content; bytes: number } {
  const depth = input.varint();
  const count = input.varint();
  if (depth > LIMITS.listDepth)
    throw new RbError('protocol', `A file's content is nested ${depth} lists deep.`);
  if (count > mostRefs)
    throw new RbError('protocol', `A content has ${count} references; ${mostRefs} are allowed.`);
  const refs: Ref[] = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    const tagged = input.varint();
    const bytes = Math.floor(tagged / 2);
    const isHole = tagged % 2 === 1;
    if (bytes === 0) throw new RbError('protocol', 'A reference stands for no bytes.');
    if (!isHole && depth === 0 && bytes > LIMITS.chunkBytes)
      throw new RbError('protocol', 'A chunk is too long.');
    refs.push({ id: isHole ? null : input.bytes(LIMITS.idBytes), bytes });
    total += bytes;
  }
  if (total > Number.MAX_SAFE_INTEGER / 4)
    throw new RbError('protocol', 'A content is longer than 2 PiB.');
  return { content: { depth, refs }, bytes: total };
}

/** Encodes the content that a list chunk holds. */
export function encodeList(content: Content): Uint8Array {
  const out = new ByteWriter(content.refs.length * 36 + 8);
  writeContent(out, content);
  return out.take();
}

/**
 * Decodes a list chunk that a reference of `parentDepth` named.
 * @param expectedBytes what that reference stands for
 * @throws protocol when it isn't exactly one content of the depth below, of that length
 */
export function decodeList(chunk: Uint8Array, parentDepth: number, expectedBytes: number): Content {
  const input = new ByteReader(chunk);
  const { content, bytes } = readContent(input, LIMITS.listRefs);
  if (content.depth !== parentDepth - 1 || bytes !== expectedBytes || input.remaining !== 0) {
    throw new RbError('protocol', 'A list chunk does not hold what its reference says.');
  }
  return content;
}

/** Called for each list chunk as it is closed, before any chunk that names it. */
export type EmitList = (
  id: Uint8Array,
  bytes: Uint8Array,
  coversBytes: number,
  depth: number,
) => void;

/**
 * Collects the references of one file in order and turns them into its content. A list is closed where
 * the last id says so (on average after 16 references, at most 64), so that lists shift with the content
 * as chunks do.
 */
export class ContentBuilder {
  readonly #levels: Ref[][] = [[]];
  readonly #emit: EmitList;
  readonly #useLists: boolean;

  /** @param sizeBytes of the file, as far as known: decides whether lists are used */
  constructor(sizeBytes: number, emit: EmitList) {
    this.#emit = emit;
    this.#useLists = sizeBytes > INLINE_CONTENT_BYTES;
  }

  /** Appends a chunk or (id null) a hole. A file that turns out much longer than announced is refused. */
  add(id: Uint8Array | null, bytes: number): void {
    this.#addAt(0, { id, bytes });
  }

  finish(): Content {
    for (let level = 0; level < this.#levels.length - 1; level++) {
      if ((this.#levels[level] as Ref[]).length > 0) this.#close(level);
    }
    const depth = this.#levels.length - 1;
    return { depth, refs: this.#levels[depth] as Ref[] };
  }

  #addAt(level: number, ref: Ref): void {
    const refs = this.#levels[level] as Ref[];
    refs.push(ref);
    const isTop = level === this.#levels.length - 1;
    const staysInline = isTop && (level > 0 || !this.#useLists);
    if (!staysInline) {
      if (endsList(ref, refs.length)) this.#close(level);
    } else if (refs.length > LIMITS.inlineRefs) {
      this.#moveIntoLists(level);
    }
  }

  /** The top level has outgrown an entry: a level is put above it, and its references go into lists. */
  #moveIntoLists(level: number): void {
    const refs = this.#levels[level] as Ref[];
    this.#levels[level] = [];
    this.#levels.push([]);
    for (const ref of refs) this.#addAt(level, ref);
  }

  #close(level: number): void {
    if (level + 1 > LIMITS.listDepth)
      throw new RbError('too-large', 'The file has more pieces than the format can hold.');
    const refs = this.#levels[level] as Ref[];
    const bytes = encodeList({ depth: level, refs });
    const covers = refs.reduce((sum, ref) => sum + ref.bytes, 0);
    const id = blake3(bytes);
    this.#levels[level] = [];
    if (this.#levels.length === level + 1) this.#levels.push([]);
    this.#emit(id, bytes, covers, level);
    this.#addAt(level + 1, { id, bytes: covers });
  }
}

function endsList(ref: Ref, count: number): boolean {
  if (count >= LIMITS.listRefs) return true;
  return ref.id !== null && ((ref.id[0] as number) & 0x0f) === 0;
}
