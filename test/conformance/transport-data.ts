import { encodeBundle } from '../../src/model/bundle.ts';
import type { Message } from '../../src/wire/messages.ts';

export const ID: Uint8Array = new Uint8Array(32).fill(7);

export const PROGRESS: Message = {
  t: 'progress',
  phase: 'sending',
  file: new TextEncoder().encode('a/b'),
  fileBytes: 1,
  fileTotal: 2,
  bytes: 5_000_000_000,
  total: 2 ** 53 - 1,
  files: 3,
  filesTotal: 4,
};

/** A well-formed record with so many bytes of content, the same for the same seed. */
export function bundleRecord(contentBytes: number, seed: number): Uint8Array {
  const body = new Uint8Array(contentBytes);
  let state = (seed + 1) * 0x9e3779b1;
  for (let at = 0; at < contentBytes; at += 97) {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + at;
    body[at] = state;
  }
  const chunks: { id: Uint8Array; bytes: number }[] = [];
  for (let left = contentBytes; left > 0; left -= 4_000_000) {
    chunks.push({ id: ID, bytes: Math.min(left, 4_000_000) });
  }
  return encodeBundle('data', 'stored', chunks, body);
}
