/** One changing state, sent to every page that is open. */

import { systemClock } from '../../base/clock.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import type { EventStream } from './events.ts';

/** Four times a second. */
const EVERY_MS = 250;

/** Costs nothing while nobody looks. */
export interface StateFeed {
  /** Sends the state now, and the newest whenever it changed, until the stream ends. */
  attach(stream: EventStream): void;
}

/**
 * Sends a state as the event `state`, at most four times a second, and made into JSON once for all streams.
 *
 * @param read - the state as it is now; if it throws, the streams get the event `failed` with a Failure and end
 * @param changed - asks to be called after each change, which may be often; answers how to end that. Asked only while
 * somebody looks.
 */
export function stateFeed(
  read: () => unknown,
  changed: (callback: () => void) => () => void,
  clock: Clock = systemClock,
): StateFeed {
  const streams = new Set<EventStream>();
  let off: (() => void) | null = null;
  let timer: Timer | null = null;
  let sentMs = Number.NEGATIVE_INFINITY;

  const sendTo = (targets: Iterable<EventStream>): void => {
    sentMs = clock.monotonicMs();
    let json: string;
    try {
      json = JSON.stringify(read());
    } catch (error) {
      // Each takes itself out of the set.
      for (const stream of streams) stream.fail(error);
      return;
    }
    for (const stream of targets) stream.sendJson('state', json);
  };

  const onChange = (): void => {
    // By a timer in any case: a change is told in the midst of changing, and seldom comes alone.
    timer ??= clock.setTimeout(
      () => {
        timer = null;
        sendTo(streams);
      },
      Math.max(1, sentMs + EVERY_MS - clock.monotonicMs()),
    );
  };

  const detach = (stream: EventStream): void => {
    streams.delete(stream);
    if (streams.size > 0) return;
    off?.();
    off = null;
    timer?.cancel();
    timer = null;
  };

  return {
    attach(stream) {
      if (stream.closed.aborted) return;
      streams.add(stream);
      stream.closed.addEventListener('abort', () => detach(stream), { once: true });
      off ??= changed(onChange);
      sendTo([stream]);
    },
  };
}
