/** Over what the tests of whole programs go: TCP, or UDP with RBBACKUP_TEST_TRANSPORT=udp, as `over-udp.test.ts` does with some. */

import { tlsTransport } from '../../src/transport/tls.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { udpTransport } from '../../src/transport/udp.ts';

export const isUdp: boolean = process.env['RBBACKUP_TEST_TRANSPORT'] === 'udp';

/** For clients and hubs that a test plays itself. */
export const testTransport: Transport = isUdp ? udpTransport : tlsTransport;

/** The arguments of a client, with its transport unless they say one. */
export function byTransport(args: readonly string[]): readonly string[] {
  return isUdp && !args.includes('--transport') ? [...args, '--transport', 'udp'] : args;
}
