import { networkInterfaces } from 'node:os';

import { fromHex } from '../../base/bytes.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Duty, Rights } from '../../catalog/people.ts';
import { checkLabel } from '../../model/snapshot.ts';
import { DEFAULT_PORT, formatAddress, parseAddress } from '../../wire/address.ts';
import { encodeInvitation } from '../../wire/invitation.ts';
import { lastListening } from './hub-settings.ts';
import { reachableAddresses } from './reachable-addresses.ts';

export type InvitationWish = {
  readonly user: string;
  /** Null: what the user has now, or 'member'. */
  readonly rights: Rights | null;
  /** Of the device that redeems it; `add` if left out. */
  readonly duty?: Duty;
  readonly nowMs: number;
  readonly expiresMs: number;
  /** `HOST:PORT` each; empty: where this machine can be reached, by what it knows itself. */
  readonly addresses: readonly string[];
};

export type MadeInvitation = {
  /** Holds the secret, which can't be shown again. */
  readonly code: string;
  readonly addresses: readonly string[];
};

/**
 * Makes an invitation and its code. It holds from when this returns.
 *
 * @param fingerprint the hub's, hexadecimal
 * @throws RbError `name-refused`, `usage` for an address, and what the catalog throws
 */
export function makeInvitation(
  catalog: Catalog,
  fingerprint: string,
  { addresses, ...invitation }: InvitationWish,
): MadeInvitation {
  checkLabel('user', invitation.user);
  const listening = lastListening(catalog) ?? { address: '0.0.0.0', port: DEFAULT_PORT };
  // Before anything is made: an address may be wrong.
  const given = addresses.map((address) => formatAddress(parseAddress(address)));
  const reachable = given.length > 0 ? given : reachableAddresses(listening, networkInterfaces());
  const secret = catalog.createInvitation(invitation);
  const code = encodeInvitation({
    addresses: reachable,
    fingerprint: fromHex(fingerprint),
    name: invitation.user,
    secret,
  });
  return { code, addresses: reachable };
}
