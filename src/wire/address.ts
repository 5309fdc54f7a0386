/** `HOST:PORT`, as people write where a hub is. */

import { RbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';

/** The port of a hub unless another is given. */
export const DEFAULT_PORT = 7420;

/** Longest DNS name (RFC 1035), brackets of IPv6 and a port. */
const MAX_ADDRESS_CHARACTERS = 255;
const ADDRESS =
  /^(?:\[(?=[0-9a-f.]*:)([0-9a-f:.]+(?:%[\w.-]{1,64})?)\]|([\w.-]+))(?::(\d{1,5}))?$/i;

export type Address = { readonly host: string; readonly port: number };

/**
 * Reads `host`, `host:port`, `[ipv6]` or `[ipv6]:port`.
 *
 * @throws RbError `usage`
 */
export function parseAddress(text: string): Address {
  const found = text.length <= MAX_ADDRESS_CHARACTERS ? ADDRESS.exec(text) : null;
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3] ?? DEFAULT_PORT);
  if (host !== undefined && port >= 1 && port <= 0xffff) return { host, port };
  throw new RbError(
    'usage',
    `"${escapeName(text.slice(0, 80))}" is not an address; write HOST:PORT, for example backup.example.org:${DEFAULT_PORT}.`,
  );
}

/** The other way round; always with its port. */
export function formatAddress(address: Address): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}
