import { escapeName } from '../../base/names.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { Stream } from '../../transport/transport.ts';
import { MAX_NAMES } from '../../wire/wire-limits.ts';
import type { HubContext } from '../hub-context.ts';
import type { Run } from './run.ts';
import type { Ticket } from './set-locks.ts';

/**
 * Waits until as many destinations are connected as the origin asked for, telling it their number whenever that
 * changes, or until its time is over: then the run begins all the same, is committed, and the copies are counted
 * at the end. Runs that wait here hold no lock, so that they are in nobody's way.
 */
export async function waitForDestinations(
  hub: HubContext,
  run: Run,
  stream: Stream,
  signal: AbortSignal,
): Promise<void> {
  const needed = run.request.copies;
  if (needed === 0) return;
  await new Promise<void>((resolve) => {
    let told = '';
    const leave = (): void => {
      offRegister();
      timer?.cancel();
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const look = (): void => {
      const names = hub.register.destinationsFor(run.key).map(({ name }) => name);
      const now = JSON.stringify(names);
      if (now !== told) void stream.send(waitingFor(run, names)).catch(() => undefined);
      told = now;
      if (names.length >= needed) leave();
    };
    const offRegister = hub.register.changed.on(look);
    const { waitMs } = run.request;
    // A timer holds at most 2^31 - 1 ms, 24 days: whoever asks for more means for ever.
    const timer =
      waitMs === null || waitMs > 0x7fff_ffff ? null : hub.clock.setTimeout(leave, waitMs);
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    else look();
  });
}

/** Takes a place in the queue for the run's set; both sides are told if there is a queue. */
export function queueForSet(hub: HubContext, run: Run, stream: Stream): Ticket {
  const send = (message: Parameters<Stream['send']>[0]): void => {
    void stream.send(message).catch(() => undefined);
  };
  return hub.locks.acquire(run.key, {
    name: `${escapeName(run.login.user)} at ${escapeName(run.login.device)}`,
    queued: (behind) => {
      run.enter('queued');
      hub.log({
        level: 'info',
        event: 'run-queued',
        user: escapeName(run.login.user),
        set: escapeName(formatSetKey(run.key)),
        message: `The run waits for one of ${behind} on the same set.`,
      });
      send({ t: 'queued', behind });
    },
    contended: (by) => send({ t: 'contended', by }),
  });
}

function waitingFor(run: Run, names: string[]): Parameters<Stream['send']>[0] {
  const needed = run.request.copies;
  return { t: 'waiting', connected: names.length, needed, names: names.slice(0, MAX_NAMES) };
}
