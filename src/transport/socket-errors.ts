/** Errors of sockets and of TLS as sentences. */

import { RbError, systemCodeOf } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';

type Words = readonly [code: ErrorCode, message: string];

/** Why a connection to a hub was not made. */
export function connectError(where: string, error: unknown): RbError {
  const code = systemCodeOf(error);
  const words = connectWords(where, code ?? '');
  return new RbError(words[0], words[1], {
    cause: error,
    retry: words[0] === 'connection-lost' || words[0] === 'timeout',
    context: { address: where, systemCode: code },
  });
}

function connectWords(where: string, code: string): Words {
  switch (code) {
    case 'ECONNREFUSED':
      return ['connection-lost', `Nothing listens at ${where}. Is rbbackupd running there?`];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [
        'connection-lost',
        `The name in ${where} cannot be found; check it, and the network.`,
      ];
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return ['connection-lost', `There is no way to ${where}; check the network.`];
    case 'ETIMEDOUT':
      return [
        'timeout',
        `Nothing answers at ${where}; check the address, firewalls and the network.`,
      ];
    case 'EADDRINUSE':
      return ['port-taken', 'The local port is in use; choose another with --local-port.'];
    case 'EACCES':
    case 'EPERM':
      return ['not-allowed', `This system doesn't allow to connect to ${where} from this port.`];
    case 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL':
    case 'ERR_SSL_TLSV13_ALERT_NO_APPLICATION_PROTOCOL':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return [
        'unsupported',
        `What listens at ${where} is no rbbackupd that this version can talk to.`,
      ];
    default:
      return [
        'connection-lost',
        `No connection to ${where} came about (${code || 'no reason given'}).`,
      ];
  }
}

/** Why a port can't be listened on. */
export function listenError(host: string, port: number, error: unknown): RbError {
  const code = systemCodeOf(error);
  const words = listenWords(host, port, code ?? '');
  return new RbError(words[0], words[1], { cause: error, context: { systemCode: code } });
}

function listenWords(host: string, port: number, code: string): Words {
  switch (code) {
    case 'EADDRINUSE':
      return ['port-taken', `Port ${port} of ${host} is in use; choose another with --listen.`];
    case 'EACCES':
      return ['not-allowed', `Listening on port ${port} needs rights; choose one above 1023.`];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return ['usage', `${host} is no address of this machine; choose one with --listen.`];
    default:
      return [
        'internal',
        `Listening on ${host}, port ${port}, failed (${code || 'no reason given'}).`,
      ];
  }
}

/** Why a connection that was there is gone. */
export function lostError(address: string, error: Error | null): RbError {
  const code = systemCodeOf(error);
  const why = code === undefined ? '' : ` (${code})`;
  return new RbError('connection-lost', `The connection to ${address} ended${why}.`, {
    ...(error === null ? {} : { cause: error }),
    retry: true,
  });
}
