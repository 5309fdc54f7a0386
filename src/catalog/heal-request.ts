import type { Catalog } from './catalog.ts';

/*
 * How a check in a process of its own asks the hub that serves the same catalog to heal: it notes what is lacking, then a
 * number that is new; the hub, which looks every two seconds, notes the number when it begins and when it is through.
 */

const ASKED = 'heal.asked';
const BEGUN = 'heal.begun';
const ANSWERED = 'heal.answered';
const DOUBTED = 'heal.doubted';
/** Packs that are named to the hub; what there is beyond is found by the next check. */
const MOST_DOUBTED = 20_000;

type Settings = Pick<Catalog, 'setting' | 'setSetting'>;

/** What came of an attempt to heal. */
export type HealAnswer = {
  /** Chunks that were fetched again. */
  readonly healedChunks: number;
  /** Names of the destinations that had them. */
  readonly from: readonly string[];
};

/** @param packs names of those in which damage was found, of which the hub may not know it */
export function askToHeal(catalog: Settings, request: string, packs: Iterable<string>): void {
  catalog.setSetting(DOUBTED, JSON.stringify([...packs].slice(0, MOST_DOUBTED)));
  catalog.setSetting(ASKED, request);
}

/** The packs that came with the last request. */
export function doubtedPacks(catalog: Settings): string[] {
  try {
    const names: unknown = JSON.parse(catalog.setting(DOUBTED) ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

/** The last request that was made; null if there never was one. */
export function healRequest(catalog: Settings): string | null {
  return catalog.setting(ASKED) ?? null;
}

export function beginToHeal(catalog: Settings, request: string): void {
  catalog.setSetting(BEGUN, request);
}

/** Whether a hub is at this request, or through with it. */
export function hasBegunToHeal(catalog: Settings, request: string): boolean {
  return catalog.setting(BEGUN) === request;
}

export function answerHealRequest(catalog: Settings, request: string, answer: HealAnswer): void {
  catalog.setSetting(ANSWERED, JSON.stringify({ request, ...answer }));
}

/** Null while the request isn't answered. */
export function healAnswer(catalog: Settings, request: string): HealAnswer | null {
  let value: { request?: unknown; healedChunks?: unknown; from?: unknown } | null;
  try {
    value = JSON.parse(catalog.setting(ANSWERED) ?? 'null');
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || value.request !== request) return null;
  const { healedChunks, from } = value;
  if (typeof healedChunks !== 'number' || !Array.isArray(from)) return null;
  return { healedChunks, from: from.filter((name) => typeof name === 'string') };
}
