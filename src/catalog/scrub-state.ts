import type { Catalog } from './catalog.ts';

/** Name of the setting that holds it, as JSON. */
const SETTING = 'scrub';

/** How far the reading of the whole vault in the background is. */
export type ScrubState = {
  /** When this round began. */
  readonly startedMs: number;
  /** When it came to its end; null while it is under way. */
  readonly endedMs: number | null;
  /** Behind which record it goes on: the pack's name, and where in it. Null: at the beginning. */
  readonly at: { readonly pack: string; readonly offset: number } | null;
  /** Bytes of records that were read, or had been left aside. */
  readonly doneBytes: number;
  /** Found damaged in this round. */
  readonly damagedRecords: number;
};

type Settings = Pick<Catalog, 'setting' | 'setSetting'>;

export function noteScrub(catalog: Settings, state: ScrubState): void {
  catalog.setSetting(SETTING, JSON.stringify(state));
}

/** Null if there never was one, or if what was noted can't be understood. */
export function scrubState(catalog: Settings): ScrubState | null {
  let value: Partial<Record<keyof ScrubState, unknown>> | null;
  try {
    value = JSON.parse(catalog.setting(SETTING) ?? 'null');
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { startedMs, endedMs, at, doneBytes, damagedRecords } = value;
  if (!isCount(startedMs) || !isCount(doneBytes) || !isCount(damagedRecords)) return null;
  if (endedMs !== null && !isCount(endedMs)) return null;
  if (at !== null && !isPosition(at)) return null;
  return { startedMs, endedMs, at, doneBytes, damagedRecords };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isPosition(value: unknown): value is NonNullable<ScrubState['at']> {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'pack' in value && typeof value.pack === 'string' && 'offset' in value && isCount(value.offset)
  );
}
