import { bufferOver } from '../../base/bytes.ts';
import { LIMITS } from '../../model/limits.ts';

/** A chunk id as the key of a map: one character a byte, the shortest that JavaScript compares by value. */
export function chunkKey(id: Uint8Array): string {
  return bufferOver(id).toString('latin1');
}

/** The ids that stand one behind the other, as views. */
export function splitIds(ids: Uint8Array): Uint8Array[] {
  const split: Uint8Array[] = [];
  for (let at = 0; at < ids.length; at += LIMITS.idBytes) {
    split.push(ids.subarray(at, at + LIMITS.idBytes));
  }
  return split;
}
