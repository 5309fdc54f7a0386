/** One timer for everything on the page that says how long ago something was. */

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

const TICK_MS = 10_000;

const now = signal(Date.now());

/** Milliseconds since 1970, refreshed every ten seconds while the page is seen. */
export const nowMs: ReadonlySignal<number> = now;

const tick = () => {
  if (document.visibilityState === 'visible') now.value = Date.now();
};
setInterval(tick, TICK_MS);
document.addEventListener('visibilitychange', tick);
