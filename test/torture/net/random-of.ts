import { randomFrom } from '../../rebuild/random-tree.ts';
import type { Random } from '../../rebuild/random-tree.ts';

/** Numbers of something's own, the same for the same seed and name. */
export function randomOf(seed: number, name: string): Random {
  let hash = seed;
  for (const character of name) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return randomFrom(hash >>> 0);
}
