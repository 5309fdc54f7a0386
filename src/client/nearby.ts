import { BlockList, isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

import { RbError, isRbError } from '../base/errors.ts';
import { checkLabel } from '../model/snapshot.ts';
import { MdnsSocket } from '../transport/mdns-socket.ts';
import { NEARBY_SERVICE } from '../wire/nearby.ts';

const MOST_HUBS = 100;
/** Packets get lost, on wireless networks above all: it is asked so often. */
const ASKED_TIMES = 3;

/** A hub that announces itself. All of it is what somebody on the network says. */
export type NearbyHub = {
  /** For people; a label, to be escaped like any other's name. */
  readonly name: string;
  /** A valid IP address; one of the link has its scope: `fe80::1%eth0`. */
  readonly address: string;
  readonly port: number;
  /** Only says which of the known ones it claims to be: trust comes from the connection. */
  readonly fingerprint: string | null;
  /** Whether anybody may log in by name alone. */
  readonly open: boolean;
};

export type FindContext = {
  readonly forMs: number;
  readonly signal: AbortSignal;
  /** As of the socket: default all but the loopback's. */
  readonly interfaces?: () => readonly string[];
};

/** What the library makes of somebody's packet; none of it is checked. */
export type HeardService = {
  readonly name?: unknown;
  readonly port?: unknown;
  readonly txt?: unknown;
  readonly addresses?: readonly unknown[] | undefined;
  readonly referer?: { readonly address: string } | undefined;
};

/**
 * Asks the local network for hubs and listens for `forMs`. By name, at most a hundred.
 *
 * @throws port-taken if the port of multicast DNS can't be shared, interrupted
 */
export async function findHubs(context: FindContext): Promise<NearbyHub[]> {
  const { forMs, signal, interfaces } = context;
  // Whatever strangers send, it is no failure of the search.
  const onProblem = (): void => undefined;
  const socket = await MdnsSocket.open({ onProblem, ...(interfaces && { interfaces }) });
  const { default: Bonjour } = await import('bonjour-service');
  const settings: object = { socket, multicast: false, bind: false };
  const bonjour = new Bonjour(settings, onProblem);
  const browser = bonjour.find({ type: NEARBY_SERVICE });
  browser.on('up', () => {
    if (browser.services.length >= MOST_HUBS) browser.stop();
  });
  try {
    for (let asked = 1; asked < ASKED_TIMES; asked++) {
      await pause(forMs / ASKED_TIMES, signal);
      browser.update();
    }
    await pause(forMs / ASKED_TIMES, signal);
    return hubsOf(browser.services);
  } finally {
    browser.stop();
    await new Promise<void>((resolve) => bonjour.destroy(resolve));
  }
}

/** Those of them that can be hubs, each once, by name. */
export function hubsOf(services: readonly HeardService[]): NearbyHub[] {
  const hubs = new Map<string, NearbyHub>();
  for (const service of services.slice(0, MOST_HUBS)) {
    const hub = hubOf(service);
    if (hub !== null) hubs.set(`${hub.fingerprint}|${hub.address}|${hub.port}`, hub);
  }
  return [...hubs.values()].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function hubOf({ name, port, txt, addresses, referer }: HeardService): NearbyHub | null {
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 0xffff) return null;
  const said = (key: string): string => {
    const value: unknown = (txt as Record<string, unknown> | undefined)?.[key];
    return typeof value === 'string' ? value : '';
  };
  const named = said('address') === '' ? (addresses ?? []) : [said('address')];
  const address = bestAddress(named, referer?.address ?? '');
  if (address === null) return null;
  const fingerprint = /^[0-9a-f]{64}$/.test(said('fingerprint')) ? said('fingerprint') : null;
  const label = [said('name'), name].find((text) => isLabel(text)) ?? address;
  return { name: label, address, port, fingerprint, open: said('open') === '1' };
}

function isLabel(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  try {
    checkLabel('set', text);
    return true;
  } catch (error) {
    if (isRbError(error)) return false;
    throw error;
  }
}

/** Addresses that lead to no other machine, whoever names them. */
const NOWHERE = new BlockList();
NOWHERE.addSubnet('0.0.0.0', 8);
NOWHERE.addSubnet('127.0.0.0', 8);
NOWHERE.addSubnet('224.0.0.0', 3);
NOWHERE.addSubnet('::', 127, 'ipv6');
NOWHERE.addSubnet('ff00::', 8, 'ipv6');

/**
 * The address to try: the one that the packet came from if it is among those named or none is; else one of IPv4, of
 * IPv6, of the link.
 */
function bestAddress(named: readonly unknown[], from: string): string | null {
  const valid = named
    .slice(0, MOST_HUBS)
    .filter((text): text is string => typeof text === 'string' && isIP(text) !== 0)
    // One of IPv4 written as IPv6 is compared as the former by the list, and needed by nobody.
    .filter((text) => !/^::ffff:/i.test(text))
    .filter((text) => !NOWHERE.check(text, isIPv4(text) ? 'ipv4' : 'ipv6'));
  if (valid.includes(from)) return from;
  const isOfLink = (text: string): boolean => /^fe[89ab]/i.test(text);
  const best = valid.find((text) => isIPv4(text)) ?? valid.find((text) => !isOfLink(text));
  if (best !== undefined) return best;
  const scope = interfaceTowards(from);
  const [ofLink] = valid;
  if (ofLink !== undefined && scope !== null) return `${ofLink.replace(/%.*$/, '')}%${scope}`;
  return isIPv4(from) ? from : null;
}

/** The interface on whose network an address is: without it one of the link means nothing. */
function interfaceTowards(address: string): string | null {
  if (!isIPv4(address)) return null;
  for (const [name, infos] of Object.entries(networkInterfaces())) {
    for (const { family, cidr, address: own } of infos ?? []) {
      if (family !== 'IPv4' || cidr === null) continue;
      const net = new BlockList();
      net.addSubnet(own, Number(cidr.split('/')[1]));
      if (net.check(address)) return name;
    }
  }
  return null;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const interrupted = (): RbError => new RbError('interrupted', 'Stopped looking for hubs.');
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(interrupted());
    const stop = (): void => {
      clearTimeout(timer);
      reject(interrupted());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
