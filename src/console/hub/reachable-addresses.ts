import type { NetworkInterfaceInfo } from 'node:os';

import { formatAddress } from '../../wire/address.ts';

/** As many as an invitation holds. */
const MOST_ADDRESSES = 16;
const ANY = new Set(['0.0.0.0', '::', '::0']);

/**
 * Where clients may reach a hub: the address it listens on, or, if it listens on all, those of the machine's
 * interfaces, IPv4 first, with the loopback last for clients on this machine.
 */
export function reachableAddresses(
  listening: { readonly address: string; readonly port: number },
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
): string[] {
  const { address, port } = listening;
  if (!ANY.has(address)) return [formatAddress({ host: address, port })];
  const all = Object.values(interfaces).flatMap((infos) => infos ?? []);
  // An address of the link alone means nothing without the interface's name, which differs at the client.
  const usable = all.filter(
    (info) => !info.internal && !info.address.toLowerCase().startsWith('fe80:'),
  );
  const four = usable.filter(({ family }) => family === 'IPv4');
  const six = address === '0.0.0.0' ? [] : usable.filter(({ family }) => family === 'IPv6');
  const hosts = [...new Set([...four, ...six].map((info) => info.address))].slice(
    0,
    MOST_ADDRESSES - 1,
  );
  return [...hosts, '127.0.0.1'].map((host) => formatAddress({ host, port }));
}
