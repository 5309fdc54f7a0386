/** Hubs and clients of a transport for its tests, and their end. */

import assert from 'node:assert/strict';

import type {
  Connection,
  Identity,
  Listener,
  ListenOptions,
  Stream,
  Transport,
} from '../../src/transport/transport.ts';
import type { Hello, Welcome } from '../../src/wire/messages-login.ts';
import type { Message } from '../../src/wire/messages.ts';

export const hello: Hello = {
  t: 'hello',
  version: 1,
  program: 'test',
  user: 'ana',
  host: 'laptop',
  device: 'Ana’s laptop',
};
const welcome: Welcome = {
  t: 'welcome',
  version: 1,
  program: 'test',
  hub: 'hub',
  user: 'ana',
  rights: 'member',
  open: false,
  timeMs: 1,
};
/** Both ends of a connection that has logged in, and what the hub's end was opened. */
export type Pair = {
  client: Connection;
  hub: Connection;
  /** The hub's end of the next stream that the client opens. */
  opened: () => Promise<{ stream: Stream; first: Message }>;
};

/** Two identities and whatever the test listens on, closed in the end. */
export class TransportBench {
  readonly hubIdentity: Identity;
  readonly deviceIdentity: Identity;
  readonly #transport: Transport;
  readonly #listeners: Listener[] = [];
  readonly #connections: Connection[] = [];

  constructor(transport: Transport, hubIdentity: Identity, deviceIdentity: Identity) {
    this.#transport = transport;
    this.hubIdentity = hubIdentity;
    this.deviceIdentity = deviceIdentity;
  }

  async listen(
    onConnection: ListenOptions['onConnection'],
    more: Partial<ListenOptions> = {},
  ): Promise<Listener> {
    const listener = await this.#transport.listen({
      host: '127.0.0.1',
      port: 0,
      identity: this.hubIdentity,
      onConnection: (connection) => {
        this.#connections.push(connection);
        onConnection(connection);
      },
      ...more,
    });
    this.#listeners.push(listener);
    return listener;
  }

  async connect(
    listener: Listener,
    more: Partial<Parameters<Transport['connect']>[0]> = {},
  ): Promise<Connection> {
    const connection = await this.#transport.connect({
      addresses: [`127.0.0.1:${listener.port}`],
      expectedFingerprint: this.hubIdentity.fingerprint,
      identity: this.deviceIdentity,
      ...more,
    });
    this.#connections.push(connection);
    return connection;
  }

  async pair(limitBytesPerSec?: number): Promise<Pair> {
    const arrived = Promise.withResolvers<Connection>();
    const listener = await this.listen(arrived.resolve);
    const limit = limitBytesPerSec === undefined ? {} : { limitBytesPerSec };
    const client = await this.connect(listener, limit);
    const hub = await arrived.promise;
    const streams: { stream: Stream; first: Message }[] = [];
    const waiting: ((opened: { stream: Stream; first: Message }) => void)[] = [];
    hub.onStream((stream, first) => {
      const waiter = waiting.shift();
      if (waiter === undefined) streams.push({ stream, first });
      else waiter({ stream, first });
    });
    await client.control.send(hello);
    assert.deepEqual(await hub.control.next(), hello);
    await hub.control.send(welcome);
    hub.markLoggedIn();
    assert.deepEqual(await client.control.next(), welcome);
    client.markLoggedIn();
    const opened: Pair['opened'] = () => {
      const here = streams.shift();
      return here ? Promise.resolve(here) : new Promise((resolve) => waiting.push(resolve));
    };
    return { client, hub, opened };
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    for (const listener of this.#listeners) await listener.close();
    await Promise.all(this.#connections.map((connection) => connection.closed));
  }
}
