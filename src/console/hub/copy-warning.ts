import type { CopyWarning } from '../api/hub-api.ts';

/** How long the newest snapshot may be on its way to its copies. */
const LATE_MS = 24 * 3600 * 1000;

/** What the state of a set's copies is judged by. */
export type SetCopies = {
  /** Of the newest snapshot; null if there is none yet. */
  readonly latestTimeMs: number | null;
  /** Copies that the last run asked for. */
  readonly asked: number;
  /** Destinations that hold the newest snapshot, verified. */
  readonly verified: number;
  /** Destinations that hold any snapshot of the set, verified. */
  readonly holders: number;
};

/**
 * What is wrong with the copies of a set, or null. Who asked for none is content with the vault; a set without any
 * snapshot is never content.
 */
export function copyWarning(copies: SetCopies, nowMs: number): CopyWarning | null {
  const { latestTimeMs, asked, verified, holders } = copies;
  if (latestTimeMs === null) return 'never';
  if (verified >= asked) return null;
  if (holders === 0) return 'none';
  return holders >= asked && nowMs - latestTimeMs > LATE_MS ? 'old' : 'too-few';
}
