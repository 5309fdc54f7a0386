import { RbError, isRbError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import { formatAddress } from '../wire/address.ts';
import { isOutOfReach } from './reconnect.ts';

const LOOK_FOR_MS = 2000;
/** Whoever shouts the known fingerprint from many addresses makes us try no more of them. */
const MOST_ADDRESSES = 8;
/** What somebody else at an address can bring about. */
const IMPOSTOR: ReadonlySet<ErrorCode> = new Set(['not-trusted', 'unsupported', 'protocol']);
const LOOPBACK = /^(?:127\.|localhost:|\[::1\]|\[::ffff:127\.)/i;

/**
 * Whether a hub may have moved: nothing answers where it was, or somebody else does. One on this machine
 * doesn't announce itself.
 */
export function mayHaveMoved(error: unknown, addresses: readonly string[]): boolean {
  if (!isRbError(error) || addresses.every((address) => LOOPBACK.test(address))) return false;
  return isOutOfReach(error) || IMPOSTOR.has(error.code);
}

/**
 * Whether an error can only have come from a hub that had shown the right key: a right that is missing, a wrong version.
 */
export function isHubsOwnAnswer(error: unknown): boolean {
  return isRbError(error) && !isOutOfReach(error) && !IMPOSTOR.has(error.code);
}

/**
 * Where hubs of the local network say that they have this fingerprint. That is hearsay: whether it is true shows the connection.
 * Takes two seconds; that nobody
 * can be heard is no error.
 *
 * @throws interrupted
 */
export async function announcedAddresses(
  fingerprint: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<string[]> {
  // The library is needed here alone, and only when something went wrong.
  const { findHubs } = await import('./nearby.ts');
  try {
    const hubs = await findHubs({ forMs: LOOK_FOR_MS, signal });
    return hubs
      .filter((hub) => hub.fingerprint === fingerprint)
      .slice(0, MOST_ADDRESSES)
      .map(({ address, port }) => formatAddress({ host: address, port }));
  } catch (error) {
    if (signal.aborted)
      throw new RbError('interrupted', 'Connecting was stopped.', { cause: error });
    if (isRbError(error)) return [];
    throw error;
  }
}
