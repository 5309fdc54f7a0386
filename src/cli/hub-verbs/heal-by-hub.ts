import { randomUUID } from 'node:crypto';

import { systemClock } from '../../base/clock.ts';
import { RbError } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { askToHeal, hasBegunToHeal, healAnswer } from '../../catalog/heal-request.ts';
import type { CheckReport, HealResult } from '../check-report.ts';

/** A hub looks every two seconds; it may be busy, or starting. */
const BEGINS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 250;
/** A hub that gets nothing back for so long has stopped: no destination is waited for longer than a quarter of an hour. */
const NOTHING_COMES_MS = 1_200_000;

/**
 * Has the hub that serves this catalog fetch what is noted as lacking, and waits until it has asked everyone who is there.
 * What is lacking is noted: a hub that starts later heals by itself.
 *
 * @param isOwn whether the vault was free, so that no hub runs
 * @param packs names of those in which damage was found
 * @throws RbError interrupted
 */
export async function healByHub(
  catalog: Catalog,
  isOwn: boolean,
  packs: Iterable<string>,
  report: CheckReport,
  signal: AbortSignal,
): Promise<HealResult> {
  const none = { healedChunks: 0, from: [], hasHub: false };
  if (isOwn) return { ...none, lackingChunks: catalog.lackingCount() };
  const request = randomUUID();
  askToHeal(catalog, request, packs);
  let untilMs = systemClock.monotonicMs() + BEGINS_WITHIN_MS;
  let told = -1;
  let hasBegun = false;
  for (;;) {
    const answer = healAnswer(catalog, request);
    const lackingChunks = catalog.lackingCount();
    if (answer !== null) return { ...answer, lackingChunks, hasHub: true };
    if (systemClock.monotonicMs() > untilMs) return { ...none, lackingChunks };
    if (told !== lackingChunks || hasBegun !== hasBegunToHeal(catalog, request)) {
      hasBegun = hasBegunToHeal(catalog, request);
      told = lackingChunks;
      report.healing(lackingChunks);
      if (hasBegun) untilMs = systemClock.monotonicMs() + NOTHING_COMES_MS;
    }
    if (signal.aborted)
      throw new RbError('interrupted', 'Interrupted; the hub goes on healing by itself.');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
