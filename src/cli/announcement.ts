import { toRbError } from '../base/errors.ts';
import type { Announcement } from '../hub/announce.ts';
import type { Hub } from '../hub/hub.ts';
import type { HubEvent } from '../hub/hub-context.ts';

export type Announced = Pick<Hub, 'address' | 'port' | 'fingerprint'> & {
  readonly name: string;
  readonly open: boolean;
};

/**
 * Announces a hub on the local network if others there can reach it. Called once the hub listens: what it loads keeps
 * nobody waiting. Whatever goes wrong is logged, and the hub goes on without.
 *
 * @returns what ends it; null if there is nothing to end
 */
export async function announceIfReachable(
  hub: Announced,
  log: (event: HubEvent) => void,
): Promise<Announcement | null> {
  const onProblem = (error: unknown): void => {
    const { code, message } = toRbError(error);
    const then = 'Clients reach the hub by its address all the same.';
    log({ level: 'warn', event: 'not-announced', code, message: `${message} ${then}` });
  };
  try {
    const { announceHub, isBeyondLoopback } = await import('../hub/announce.ts');
    const { name, address, port, fingerprint, open } = hub;
    if (!isBeyondLoopback(address)) return null;
    return await announceHub({ name, address, port, fingerprint, open, onProblem });
  } catch (error) {
    onProblem(error);
    return null;
  }
}
