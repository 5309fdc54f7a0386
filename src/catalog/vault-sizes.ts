/** How large the vault was at a moment. */
export type VaultSize = {
  readonly timeMs: number;
  /** Bytes of all records. */
  readonly storedBytes: number;
  /** Bytes of their chunks before compression. */
  readonly plainBytes: number;
};

/** How the vault has grown. */
export interface Sizes {
  /**
   * Notes how large the vault is, in place of what was noted in the same hour (of UTC) before, and thins out what is
   * old: see {@link surplus}.
   */
  recordVaultSize(nowMs: number, storedBytes: number, plainBytes: number): void;

  /** Oldest first, at most 1,000. */
  vaultSizes(): readonly VaultSize[];
}

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** Each hour of the last fortnight is kept, then each day of half a year, then each week. */
const HOURS_FOR_MS = 14 * DAY_MS;
const DAYS_FOR_MS = 26 * WEEK_MS;
/** These are 337 hours, 169 days, and weeks for nine years; what is older goes. */
const MOST_SIZES = 1000;

/**
 * Which of the moments are not to be kept. Of a day or week that is thinned the last one stays, since the size at its end
 * says most. Days and weeks are those of UTC; a week begins where it did in 1970.
 *
 * @param times ascending
 * @returns some of them, ascending
 */
export function surplus(times: readonly number[], nowMs: number): readonly number[] {
  const seen = new Set<string>();
  const kept: number[] = [];
  for (const timeMs of times.toReversed()) {
    const slot = slotOf(timeMs, nowMs);
    if (seen.has(slot) || kept.length === MOST_SIZES) continue;
    seen.add(slot);
    kept.push(timeMs);
  }
  const isKept = new Set(kept);
  return times.filter((timeMs) => !isKept.has(timeMs));
}

function slotOf(timeMs: number, nowMs: number): string {
  const ageMs = nowMs - timeMs;
  const slotMs = ageMs <= HOURS_FOR_MS ? HOUR_MS : ageMs <= DAYS_FOR_MS ? DAY_MS : WEEK_MS;
  return `${slotMs} ${Math.floor(timeMs / slotMs)}`;
}
