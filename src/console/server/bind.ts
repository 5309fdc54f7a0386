/** From a name to an address, and from there to a port that is listened at. */

import { lookup } from 'node:dns/promises';
import type { Server } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { hostname } from 'node:os';

import { RbError, systemCodeOf } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * The address of a name. What is beyond loopback needs TLS, as the cookie would be anybody's.
 *
 * @throws RbError `usage`
 */
export async function resolveHost(host: string, port: number, isTls: boolean): Promise<string> {
  let found: { address: string; family: number };
  try {
    found = await lookup(host);
  } catch (error) {
    throw bindError(host, port, error);
  }
  const { address, family } = found;
  if (isTls || loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')) return address;
  throw new RbError(
    'usage',
    `${escapeName(host)} can be reached by other machines, and without TLS everybody between could read along: use 127.0.0.1.`,
  );
}

/** @throws RbError `port-taken`, `not-allowed`, `usage` */
export async function bind(
  server: Server,
  host: string,
  address: string,
  port: number,
): Promise<{ readonly address: string; readonly port: number }> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => reject(bindError(host, port, error));
    server.once('error', fail);
    server.listen({ host: address, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
  // Such as too many open files: the next connection may succeed again.
  server.on('error', () => undefined);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') {
    throw new RbError('internal', 'No port was bound.');
  }
  return { address: bound.address, port: bound.port };
}

/** An address as it is written in a URL; of one that stands for all, this machine's name. */
export function hostInUrl(address: string): string {
  if (address === '0.0.0.0' || address === '::') return hostname();
  return isIPv6(address) ? `[${address}]` : address;
}

function bindError(host: string, port: number, error: unknown): RbError {
  const [code, message] = explain(systemCodeOf(error), escapeName(host), port);
  return new RbError(code, message, { cause: error, retry: code === 'port-taken' });
}

function explain(systemCode: string | undefined, host: string, port: number): [ErrorCode, string] {
  switch (systemCode) {
    case 'EADDRINUSE':
      return ['port-taken', `Port ${port} of ${host} is in use; choose another for the console.`];
    case 'EACCES':
      return [
        'not-allowed',
        `Port ${port} needs rights that are missing; choose one from 1024 up.`,
      ];
    default:
      return [
        'usage',
        `The console can't listen at ${host} (${systemCode ?? 'unknown'}): it is no address of this machine.`,
      ];
  }
}
