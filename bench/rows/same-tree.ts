import type { ContenderName } from '../contender.ts';

/**
 * What follows from differences between a source and a copy of it.
 *
 * @returns a note for the results about a peer's copy
 * @throws Error if it is ours: its figure must not count
 */
export function sameTreeOrNote(name: ContenderName, differences: readonly string[]): string[] {
  if (differences.length === 0) return [];
  const listed = differences.join(', ');
  if (name === 'ours') throw new Error(`The copy differs from the source: ${listed}`);
  return [`${name}'s copy differs from the source, as rsync -naci lists it: ${listed}`];
}
