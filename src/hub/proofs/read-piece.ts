import { copyBytes, equalBytes } from '../../base/bytes.ts';
import { blake3 } from '../../base/hash.ts';
import { decodeList } from '../../model/content.ts';
import type { Content } from '../../model/entry.ts';
import type { HubContext } from '../hub-context.ts';
import type { Piece } from './choose-ranges.ts';

/**
 * The bytes of a piece, from the vault; null if a chunk that it takes is lacking or damaged there: whoever holds the
 * file must not be blamed for that.
 * @throws RbError `protocol` for a list that is none
 */
export async function readPiece(
  hub: HubContext,
  { entry, offset, bytes }: Piece,
): Promise<Uint8Array | null> {
  const room = new Uint8Array(bytes);
  return (await fill(hub, entry.content, 0, offset, room)) ? room : null;
}

/** @param start where in the file the content begins @param offset where in the file the room begins */
async function fill(
  hub: HubContext,
  content: Content,
  start: number,
  offset: number,
  room: Uint8Array,
): Promise<boolean> {
  let at = start;
  for (const { id, bytes } of content.refs) {
    const [from, to] = [at, at + bytes];
    at = to;
    // A hole is zeros, as the room is.
    if (id === null || to <= offset || from >= offset + room.length) continue;
    const plain = await soundChunk(hub, id);
    if (plain === null) return false;
    if (content.depth > 0) {
      const list = decodeList(plain, content.depth, bytes);
      if (!(await fill(hub, list, from, offset, room))) return false;
      continue;
    }
    const first = Math.max(offset - from, 0);
    const part = plain.subarray(first, Math.min(bytes, offset + room.length - from));
    copyBytes(part, room, from + first - offset);
  }
  return true;
}

async function soundChunk(hub: HubContext, id: Uint8Array): Promise<Uint8Array | null> {
  const plain = await hub.chunks.plain(id);
  return plain !== undefined && equalBytes(blake3(plain), id) ? plain : null;
}
