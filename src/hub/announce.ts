import { isIPv4 } from 'node:net';

import { RbError } from '../base/errors.ts';
import { MdnsSocket } from '../transport/mdns-socket.ts';
import type { MdnsSocketOptions } from '../transport/mdns-socket.ts';
import { NEARBY_SERVICE, nearbyHost, nearbyLabel } from '../wire/nearby.ts';
import type { NearbyText } from '../wire/nearby.ts';
import { PROGRAM } from './hub-context.ts';

const ANY = new Set(['0.0.0.0', '::']);
/** Longest that saying goodbye keeps the end of the hub. */
const GOODBYE_MS = 500;

export type AnnounceOptions = MdnsSocketOptions & {
  /** The hub's name, a label. */
  readonly name: string;
  /** Where it listens. */
  readonly address: string;
  readonly port: number;
  readonly fingerprint: string;
  readonly open: boolean;
};

export interface Announcement {
  /** Says that the hub is gone, and closes the sockets. May be called again; nothing is thrown. */
  stop(): Promise<void>;
}

/** Whether others on the network can reach what listens here. */
export function isBeyondLoopback(address: string): boolean {
  return !/^(?:127\.|::1$|::ffff:127\.|localhost$)/i.test(address);
}

/**
 * Announces a hub on the local network by multicast DNS, until {@link Announcement.stop}. Loads the library when it is
 * called. Problems that come later are told to `onProblem`, each sentence once, and end nothing.
 *
 * @throws port-taken if the port of multicast DNS can't be shared
 */
export async function announceHub(options: AnnounceOptions): Promise<Announcement> {
  const { name, address, port, fingerprint, open, interfaces } = options;
  const onProblem = eachOnce(options.onProblem);
  const socket = await MdnsSocket.open({ onProblem, ...(interfaces && { interfaces }) });
  const { default: Bonjour } = await import('bonjour-service');
  // The socket is bound, has joined, and looks after its interfaces: the library has nothing of it to do.
  const settings: object = { socket, multicast: false, bind: false };
  const bonjour = new Bonjour(settings, (error: unknown) => onProblem(asProblem(error)));
  const said: NearbyText = { name, fingerprint, open: open ? '1' : '0', version: PROGRAM };
  const txt = ANY.has(address) ? said : { ...said, address };
  bonjour.publish({
    name: nearbyLabel(name, fingerprint),
    type: NEARBY_SERVICE,
    host: nearbyHost(fingerprint),
    port,
    txt,
    // The name is unlike every other's; the library's probe would print a conflict to stdout.
    probe: false,
    // The library names all addresses of the machine.
    disableIPv6: isIPv4(address),
  });
  let stopped: Promise<void> | null = null;
  return {
    stop: () =>
      (stopped ??= within(GOODBYE_MS, (done) => bonjour.unpublishAll(done)).then(() =>
        within(GOODBYE_MS, (done) => bonjour.destroy(done)),
      )),
  };
}

function within(ms: number, work: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    work(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function eachOnce(tell: (error: RbError) => void): (error: RbError) => void {
  const told = new Set<string>();
  return (error) => {
    // What strangers send may make any number of different ones.
    if (told.has(error.message) || told.size >= 10) return;
    told.add(error.message);
    tell(error);
  };
}

function asProblem(error: unknown): RbError {
  const message = error instanceof Error ? error.message : String(error);
  return new RbError('connection-lost', `Announcing the hub failed: ${message}.`, { cause: error });
}
