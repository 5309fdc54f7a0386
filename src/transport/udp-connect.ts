/** The client's end of TLS over UDP. */

import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';

import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { RbError, systemCodeOf } from '../base/errors.ts';
import { formatAddress } from '../wire/address.ts';
import type { Address } from '../wire/address.ts';
import { connectBy } from './connect.ts';
import type { Connection, ConnectOptions } from './transport.ts';
import type { UdpChannel } from './udp-channel.ts';
import { NONCE_BYTES, UDP_VERSION, decodeDatagram, encodeDatagram } from './udp-datagrams.ts';
import type { Datagram, Refusal } from './udp-datagrams.ts';
import { openUdpSocket } from './udp-socket.ts';
import { watchForRefusal } from './udp-watch.ts';

/** When a question is asked again that nobody answered: as often as is likely to help, ever more seldom. */
const ASK_AGAIN_MS = [250, 250, 500, 1000, 2000];
/** A port that was free a moment ago may be somebody else's now. */
const MOST_PORTS = 3;

/** `connect` of the port `Transport`, by TLS 1.3 over UDP. @throws also RbError `unsupported` where UDP can't be had */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const clock = options.clock ?? systemClock;
  return await connectBy(options, async (address, signal) => {
    const channel = await dial(address, { clock, signal, localPort: options.localPort });
    return { tls: { socket: channel }, remote: channel.remote };
  });
}

type DialOptions = {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly localPort: number | undefined;
};

type Target = Address & { readonly family: number };

/** A stream to a hub, by the first of the name's addresses where something answers. */
async function dial(address: Address, options: DialOptions): Promise<UdpChannel> {
  const targets = await lookup(address.host, { all: true });
  let refused: unknown;
  for (const { address: host, family } of targets) {
    try {
      return await dialAt({ host, port: address.port, family }, options);
    } catch (error) {
      if (options.signal.aborted || systemCodeOf(error) === undefined) throw error;
      refused ??= error;
    }
  }
  throw refused;
}

async function dialAt(target: Target, options: DialOptions): Promise<UdpChannel> {
  for (let tried = 1; ; tried++) {
    const { cookie, nonce, localPort } = await askForCookie(target, options);
    try {
      return await askForStream(target, { cookie, nonce, localPort }, options);
    } catch (error) {
      const isPortGone = systemCodeOf(error) === 'EADDRINUSE';
      if (!isPortGone || options.localPort !== undefined || tried === MOST_PORTS) throw error;
    }
  }
}

type Ticket = {
  readonly cookie: Uint8Array;
  readonly nonce: Uint8Array;
  readonly localPort: number;
};

/** By a socket of the system's that is connected: that one alone is told when nothing listens there. */
async function askForCookie(target: Target, options: DialOptions): Promise<Ticket> {
  const nonce = new Uint8Array(randomBytes(NONCE_BYTES));
  const hello = encodeDatagram({ type: 'hello', nonce, version: UDP_VERSION });
  const socket = createSocket(target.family === 6 ? 'udp6' : 'udp4');
  try {
    const answer = await ask(options, 'cookie', nonce, (settle, fail) => {
      socket.on('error', fail);
      socket.on('message', (bytes) => settle(decodeDatagram(bytes)));
      let isConnected = false;
      socket.bind(options.localPort ?? 0, () => {
        socket.connect(target.port, target.host, () => {
          isConnected = true;
          socket.send(hello);
        });
      });
      // Errors of sending come as events, too.
      return () => isConnected && socket.send(hello, () => undefined);
    });
    if (answer.type === 'refuse') throw refusalOf(answer.why, target);
    return { cookie: answer.cookie, nonce, localPort: socket.address().port };
  } finally {
    await new Promise<void>((resolve) => socket.close(resolve));
  }
}

/** On the same port, which a router in between already knows. */
async function askForStream(
  target: Target,
  { cookie, nonce, localPort }: Ticket,
  options: DialOptions,
): Promise<UdpChannel> {
  const socket = await openUdpSocket(target.family === 6 ? '::' : '0.0.0.0', localPort);
  const stream = socket.newStream();
  try {
    const connecting: Datagram = { type: 'connect', nonce, cookie, streamId: stream.id };
    const answer = await ask(options, 'accept', nonce, (settle) => {
      socket.onDatagram = (datagram, from) => {
        if (from.host === target.host && from.port === target.port) settle(datagram);
      };
      socket.send(connecting, target);
      return () => socket.send(connecting, target);
    });
    if (answer.type === 'refuse') throw refusalOf(answer.why, target);
    const channel = socket.join(stream, answer.streamId, target);
    watchForRefusal(channel, stream, target);
    void socket.close();
    return channel;
  } catch (error) {
    stream.destroy();
    void socket.close();
    throw error;
  }
}

type Asking = (
  settle: (answer: Datagram | null) => void,
  fail: (error: Error) => void,
) => () => void;

type Answer<T extends Datagram['type']> = Datagram & { readonly type: T | 'refuse' };

/**
 * Asks until somebody with the same nonce answers; whoever asks again may be answered again, later, when it asks something
 * else. `begin` asks once and says how to do it again.
 */
async function ask<T extends 'cookie' | 'accept'>(
  { clock, signal }: DialOptions,
  type: T,
  nonce: Uint8Array,
  begin: Asking,
): Promise<Answer<T>> {
  let timer = clock.setTimeout(() => undefined, 1);
  let onAbort = (): void => undefined;
  try {
    return await new Promise<Answer<T>>((resolve, reject) => {
      onAbort = () => reject(new RbError('interrupted', 'Connecting was stopped.'));
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort);
      const settle = (answer: Datagram | null): void => {
        if (answer === null || (answer.type !== type && answer.type !== 'refuse')) return;
        if (Buffer.compare(answer.nonce, nonce) === 0) resolve(answer as Answer<T>);
      };
      const again = begin(settle, reject);
      const wait = (asked: number): void => {
        const ms = ASK_AGAIN_MS[Math.min(asked, ASK_AGAIN_MS.length - 1)] as number;
        timer = clock.setTimeout(() => {
          again();
          wait(asked + 1);
        }, ms);
      };
      timer.cancel();
      wait(0);
    });
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', onAbort);
  }
}

function refusalOf(why: Refusal, target: Target): RbError {
  const where = formatAddress(target);
  if (why === 'busy') {
    const message = `The hub at ${where} has too many new connections at the moment; try again.`;
    return new RbError('busy', message, { retry: true });
  }
  return new RbError(
    'unsupported',
    `What listens at ${where} is no rbbackupd that this version can talk to by UDP.`,
  );
}
