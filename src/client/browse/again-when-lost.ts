import { isRbError } from '../../base/errors.ts';
import type { HubSession } from '../session.ts';

/** A connection that is lost has ended by then. */
const END_MS = 2500;

/**
 * Does something with the shared login; once more with another one if its connection turns out to be lost.
 *
 * @param session as in `SharedReaderContext`
 */
export async function againWhenLost<T>(
  session: () => Promise<HubSession>,
  work: (session: HubSession) => Promise<T>,
): Promise<T> {
  const first = await session();
  try {
    return await work(first);
  } catch (error) {
    if (!isLost(error)) throw error;
    await hasEnded(first);
    return await work(await session());
  }
}

/** Whether trying again with another connection can help. */
export function isLost(error: unknown): boolean {
  return isRbError(error, 'connection-lost') || isRbError(error, 'timeout');
}

/** Resolves when the connection is over and whoever shares it out has noticed; soon in any case. */
export async function hasEnded({ connection }: HubSession): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, END_MS);
  await Promise.race([connection.closed, late.promise]);
  clearTimeout(timer);
  await new Promise(setImmediate);
}
