import { RbError } from '../../base/errors.ts';
import { decodeList } from '../../model/content.ts';
import type { Content, Ref } from '../../model/entry.ts';
import type { ChunkSource } from './chunk-source.ts';

/** Bytes of chunks that are asked for and not yet taken, and how many chunks at most. */
const WINDOW_BYTES = 8 * 1024 * 1024;
const WINDOW_CHUNKS = 256;
/** Lists that are asked for ahead of the one at hand: each stands for about a megabyte. */
const LISTS_AHEAD = 8;
/** Of a hole at a time. */
const ZEROS: Uint8Array = new Uint8Array(256 * 1024);

/**
 * The bytes of a file, in order: its chunks, each checked against its id, and zeros for its holes. No more is asked for
 * than a window ahead of what was taken. The pieces must not be changed.
 *
 * @throws protocol when a chunk isn't as long as its reference says; what the source throws
 */
export async function* readContent(
  source: ChunkSource,
  content: Content,
): AsyncGenerator<Uint8Array, void, void> {
  const ahead: { readonly ref: Ref; readonly chunk: Promise<Uint8Array> | null }[] = [];
  let aheadBytes = 0;
  const isFull = (): boolean => aheadBytes > WINDOW_BYTES || ahead.length > WINDOW_CHUNKS;
  const takeFirst = async function* (): AsyncGenerator<Uint8Array, void, void> {
    const first = ahead.shift();
    if (first === undefined) return;
    const { ref, chunk } = first;
    if (chunk === null) {
      yield* zeros(ref.bytes);
      return;
    }
    const bytes = await chunk;
    if (bytes.length !== ref.bytes)
      throw new RbError('protocol', 'A chunk of the file is not as long as it should be.');
    aheadBytes -= ref.bytes;
    yield bytes;
  };
  for await (const ref of leavesOf(source, content)) {
    ahead.push({ ref, chunk: ref.id === null ? null : asked(source, 'data', ref.id) });
    if (ref.id !== null) aheadBytes += ref.bytes;
    while (isFull()) yield* takeFirst();
  }
  while (ahead.length > 0) yield* takeFirst();
}

/** The references to data and the holes of a content, through all its lists. */
async function* leavesOf(
  source: ChunkSource,
  { depth, refs }: Content,
): AsyncGenerator<Ref, void, void> {
  if (depth === 0) {
    yield* refs;
    return;
  }
  const lists: (Promise<Uint8Array> | null)[] = [];
  for (const [i, ref] of refs.entries()) {
    while (lists.length <= i + LISTS_AHEAD && lists.length < refs.length) {
      const { id } = refs[lists.length] as Ref;
      lists.push(id === null ? null : asked(source, 'list', id));
    }
    const list = lists[i] ?? null;
    lists[i] = null;
    if (list === null) yield ref;
    else yield* leavesOf(source, decodeList(await list, depth, ref.bytes));
  }
}

/** A chunk that may never be waited for, should the reading be given up. */
function asked(source: ChunkSource, kind: 'data' | 'list', id: Uint8Array): Promise<Uint8Array> {
  const chunk = source.get(kind, id);
  chunk.catch(() => undefined);
  return chunk;
}

function* zeros(bytes: number): Generator<Uint8Array, void, void> {
  for (let left = bytes; left > 0; left -= ZEROS.length)
    yield left >= ZEROS.length ? ZEROS : ZEROS.subarray(0, left);
}
