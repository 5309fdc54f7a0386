/** The client's end of TLS, over TCP or whatever else finds a way. */

import type { OnReadOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';

import { systemClock } from '../base/clock.ts';
import { RbError, isRbError } from '../base/errors.ts';
import { formatAddress, parseAddress } from '../wire/address.ts';
import type { Address } from '../wire/address.ts';
import { WIRE_ALPN } from '../wire/wire-limits.ts';
import { FramedConnection } from './connection.ts';
import { fingerprintOf } from './identity.ts';
import { connectError, lostError } from './socket-errors.ts';
import { tlsOptions } from './tls-options.ts';
import { READ_BYTES, ReadTarget, TlsPipe, readIntoBuffer } from './tls-pipe.ts';
import type { Connection, ConnectOptions } from './transport.ts';

const TIMEOUT_MS = 10_000;
/** The next address is tried this long after the one before, if that hasn't answered (RFC 8305 says 250 ms). */
const STAGGER_MS = 250;

/** What `tls.connect` is to go over; `remote` where the socket doesn't say it. */
export type Way = { readonly tls: ConnectionOptions; readonly remote?: Address };

/** Finds a way to an address; gives up when the signal says so. */
export type Dial = (address: Address, signal: AbortSignal) => Promise<Way>;

type Secured = {
  readonly socket: TLSSocket;
  readonly remote: Address;
  readonly target: ReadTarget | null;
  readonly certificate: Uint8Array;
};

/** `connect` of the port `Transport`, by TLS 1.3 over TCP. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { localPort } = options;
  const local = localPort === undefined ? {} : { localPort };
  return await connectBy(options, (address) =>
    Promise.resolve({ tls: { ...address, ...local, noDelay: true } }),
  );
}

/** `connect` of the port `Transport`, by TLS 1.3 over what `dial` finds. */
export async function connectBy(options: ConnectOptions, dial: Dial): Promise<Connection> {
  const addresses = options.addresses.map((address) => parseAddress(address));
  if (addresses.length === 0)
    throw new RbError('usage', 'There is no address of a hub to connect to.');
  const clock = options.clock ?? systemClock;
  const { socket, remote, target, certificate } = await firstOf(addresses, options, dial);
  const pipe = new TlsPipe(socket, certificate, remote, target);
  return new FramedConnection(pipe, {
    side: 'client',
    clock,
    limitBytesPerSec: options.limitBytesPerSec,
    arena: options.arena,
    describe: (error) => lostError(pipe.remoteAddress, error),
  });
}

/** Tries the addresses one after the other without waiting long for each; the first to succeed stops the others. */
async function firstOf(
  addresses: readonly Address[],
  options: ConnectOptions,
  dial: Dial,
): Promise<Secured> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  // With a fixed local port there can only be one attempt at a time.
  const staggerMs = options.localPort === undefined ? STAGGER_MS : null;
  let before: Promise<unknown> = Promise.resolve();
  const attempts = addresses.map((address) => {
    const turn = before;
    const attempt = turn.then(() => reach(address, options, dial, signal));
    const settled = attempt.catch(() => undefined);
    before =
      staggerMs === null
        ? settled
        : Promise.race([settled, turn.then(() => wait(staggerMs, options))]);
    return attempt;
  });
  try {
    return await Promise.any(attempts);
  } catch (error) {
    throw mostTelling(error instanceof AggregateError ? error.errors : [error]);
  } finally {
    stop.abort();
    closeLosers(attempts);
  }
}

/** An attempt that succeeded just after the first one is hung up. */
function closeLosers(attempts: readonly Promise<Secured>[]): void {
  let winner: Secured | undefined;
  for (const attempt of attempts) {
    attempt.then(
      (secured) => {
        winner ??= secured;
        if (secured !== winner) secured.socket.destroy();
      },
      () => undefined,
    );
  }
}

/** The error that says most: an untrusted hub before one that can't be reached. */
function mostTelling(errors: readonly unknown[]): unknown {
  const by = (code: RbError['code']): unknown => errors.find((error) => isRbError(error, code));
  return by('not-trusted') ?? by('unsupported') ?? errors[0];
}

function wait(ms: number, options: ConnectOptions): Promise<void> {
  return new Promise((resolve) => (options.clock ?? systemClock).setTimeout(resolve, ms));
}

/** One attempt, with its deadline. */
async function reach(
  address: Address,
  options: ConnectOptions,
  dial: Dial,
  stop: AbortSignal,
): Promise<Secured> {
  const where = formatAddress(address);
  const late = new AbortController();
  const timer = (options.clock ?? systemClock).setTimeout(
    () => late.abort(),
    options.timeoutMs ?? TIMEOUT_MS,
  );
  try {
    const signal = AbortSignal.any([stop, late.signal]);
    const way = await dial(address, signal);
    return await secure(where, way, options, signal);
  } catch (error) {
    if (late.signal.aborted) throw connectError(where, noAnswer());
    throw isRbError(error) ? error : connectError(where, error);
  } finally {
    timer.cancel();
  }
}

function secure(
  where: string,
  way: Way,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Secured> {
  const target = new ReadTarget();
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      ...tlsOptions(options.identity),
      ...way.tls,
      checkServerIdentity: () => undefined,
      ...reading(target),
    });
    const onAbort = (): void => void socket.destroy(aborted());
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError).off('close', onClose);
    };
    const onError = (error: Error): void => {
      settle();
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const onClose = (): void => onError(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    socket.on('error', onError).on('close', onClose);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    socket.once('secureConnect', () => {
      try {
        const certificate = trustedCertificate(socket, where, options.expectedFingerprint);
        settle();
        const { remoteAddress: host = 'unknown', remotePort: port = 0 } = socket;
        // Only a socket that TLS has made itself reads by `onread`.
        const isBuffered = way.tls.socket === undefined || readIntoBuffer(socket, target);
        const remote = way.remote ?? { host, port };
        resolve({ socket, remote, target: isBuffered ? target : null, certificate });
      } catch (error) {
        onError(error as Error);
      }
    });
  });
}

/** An option of net.Socket that tls.connect passes on, though its types don't say so. */
function reading(target: ReadTarget): { onread: OnReadOpts } {
  const callback = (length: number, buffer: Uint8Array): boolean => target.take(buffer, length);
  return { onread: { buffer: new Uint8Array(READ_BYTES), callback } };
}

/** @throws RbError `not-trusted`, `unsupported`; nothing of the protocol has been sent then */
function trustedCertificate(socket: TLSSocket, where: string, expected: string | null): Uint8Array {
  const certificate = socket.getPeerX509Certificate()?.raw;
  if (certificate === undefined || socket.alpnProtocol !== WIRE_ALPN) {
    throw new RbError(
      'unsupported',
      `What listens at ${where} is no rbbackupd that this version can talk to.`,
    );
  }
  if (expected === null || fingerprintOf(certificate) === expected.toLowerCase())
    return certificate;
  throw new RbError(
    'not-trusted',
    `The hub at ${where} is not the one that this device was invited to: its fingerprint differs. Nothing was sent. If the hub was set up anew, ask for a new invitation; otherwise somebody may be posing as it.`,
  );
}

function noAnswer(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}

function aborted(): RbError {
  return new RbError('interrupted', 'Connecting was stopped.');
}
