/** Waiting for what will come, however long the machine takes. */

import { setTimeout as sleep } from 'node:timers/promises';

import { DEADLINE_MS } from './browser.ts';

const LOOK_EVERY_MS = 50;

/** Asks again until the answer fits. @throws with the last answer when it takes too long */
export async function until<T>(
  what: string,
  ask: () => Promise<T> | T,
  fits: (answer: T) => boolean = Boolean,
): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > deadline)
      throw new Error(`Waited in vain for ${what}; the last answer: ${JSON.stringify(answer)}`);
    await sleep(LOOK_EVERY_MS);
  }
}
