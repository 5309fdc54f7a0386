import { fromHex } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { isSigned } from '../../model/receipt.ts';
import type { SignedReceipt } from '../../model/receipt.ts';
import type { SetKey } from '../../model/snapshot.ts';
import type { Ack } from '../../wire/messages-follow.ts';
import type { HubContext } from '../hub-context.ts';
import type { Client } from '../register.ts';

/** Who acknowledges what. */
export type Acknowledger = {
  readonly client: Client;
  readonly destination: Uint8Array;
  readonly key: SetKey;
  /** Whether the transfer answered a `mend`. */
  readonly mends: boolean;
};

/**
 * Keeps a copy that a destination has acknowledged as verified, with its receipt. Durable when it returns.
 * @returns false, and nothing is kept, while what the destination has of the set is doubted and it has not read all of
 *   it again: one that can be asked to
 * @throws RbError `protocol` if the receipt isn't signed by the key of this connection, or says something else
 */
export function keepCopy(hub: HubContext, from: Acknowledger, ack: Ack): boolean {
  const { catalog, clock, history, register } = hub;
  const { destination, key, mends } = from;
  const receipt = receiptOf(hub, from, ack);
  const canMend = register.ordersOf(destination).some((order) => order.answers);
  if (!mends && canMend && catalog.isDoubted(destination, key)) return false;
  catalog.recordCopy(destination, ack.snapshot, clock.nowMs(), ack.bytes, receipt);
  history.notify();
  return true;
}

function receiptOf(
  { fingerprint }: HubContext,
  { client, destination }: Acknowledger,
  { snapshot, bytes, signature }: Ack,
): SignedReceipt | undefined {
  // Older programs don't sign.
  if (signature === undefined) return undefined;
  const signed = { signature, certificate: client.connection.peerCertificate };
  if (!isSigned({ hub: fromHex(fingerprint), destination, snapshot, bytes }, signed)) {
    throw new RbError(
      'protocol',
      'The receipt is not signed by the device that acknowledged the copy, or not for this copy.',
    );
  }
  return signed;
}
