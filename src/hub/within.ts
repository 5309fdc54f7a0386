import type { Clock } from '../base/clock.ts';

/** Waits until something has settled, but not longer than that. Never rejects. */
export async function within(clock: Clock, mostMs: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.setTimeout(resolve, mostMs);
    const done = (): void => {
      timer.cancel();
      resolve();
    };
    work.then(done, done);
  });
}
