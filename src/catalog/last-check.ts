import type { Catalog } from './catalog.ts';

/** Name of the setting that holds the last check, as JSON. */
const SETTING = 'check.last';

/** What the last `rbbackupd check` that came to its end has found. */
export type LastCheck = {
  /** When it ended. */
  readonly timeMs: number;
  /** Whether everything that snapshots need is there and whole. */
  readonly ok: boolean;
  /** Whether every byte was read. */
  readonly readData: boolean;
  readonly damagedSnapshots: number;
  readonly damagedRecords: number;
};

type Settings = Pick<Catalog, 'setting' | 'setSetting'>;

/** Notes what a check has found, in place of the one before. */
export function noteCheck(catalog: Settings, check: LastCheck): void {
  const { timeMs, ok, readData, damagedSnapshots, damagedRecords } = check;
  const value = { timeMs, ok, readData, damagedSnapshots, damagedRecords };
  catalog.setSetting(SETTING, JSON.stringify(value));
}

/** Null if there never was one, or if what was noted can't be understood. */
export function lastCheck(catalog: Settings): LastCheck | null {
  let value: Partial<Record<keyof LastCheck, unknown>> | null;
  try {
    value = JSON.parse(catalog.setting(SETTING) ?? 'null');
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { timeMs, ok, readData, damagedSnapshots, damagedRecords } = value;
  if (!isCount(timeMs) || !isCount(damagedSnapshots) || !isCount(damagedRecords)) return null;
  if (typeof ok !== 'boolean' || typeof readData !== 'boolean') return null;
  return { timeMs, ok, readData, damagedSnapshots, damagedRecords };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
