/** A hub that speaks the real protocol and says what it is told to. */

import { hex } from '../../../src/base/bytes.ts';
import type { RbError } from '../../../src/base/errors.ts';
import { encodeSnapshot } from '../../../src/model/snapshot.ts';
import type { ChunkKind } from '../../../src/model/bundle.ts';
import type { Connection, Identity, Listener, Stream } from '../../../src/transport/transport.ts';
import type { Welcome } from '../../../src/wire/messages-login.ts';
import type { Ack, LogItem, Offered, WantChunks } from '../../../src/wire/messages-follow.ts';
import type { Message } from '../../../src/wire/messages.ts';
import { testTransport } from '../transport-choice.ts';
import { anyIdentity, MACHINE } from './visitor.ts';
import { bundleOf, bytesOf, chunkOf } from './wild.ts';
import type { Chunk, Wild } from './wild.ts';

export const USER = 'ana';

type Kept = { readonly kind: ChunkKind; readonly chunk: Chunk };

/** What one set of a hub is, and how it answers for it. Made honest, then bent. */
export class Play {
  readonly offered: Offered;
  readonly snapshot: Chunk;
  readonly kept: Map<string, Kept> = new Map();
  items: LogItem[];
  /** Sent instead of the honest answer to a want of these chunks; null: nothing at all. */
  bundle: (kind: ChunkKind, chunks: readonly Chunk[]) => Uint8Array | null = (kind, chunks) =>
    bundleOf(kind, chunks);
  /** Is called with each stream on which the set is followed or read, before anything is answered. */
  opened: (stream: Stream, connection: Connection) => Promise<void> | void = () => undefined;
  /** Position up to which the log was given out. */
  givenItems = 0;
  readonly acks: Ack[] = [];

  constructor(
    set: string,
    { data, lists, pages }: Wild,
    user: string = USER,
    host: string = MACHINE,
  ) {
    const encoded = encodeSnapshot({
      key: { user, host, set },
      timeMs: 1_700_000_000_000,
      previous: null,
      sourcePath: bytesOf('/home/ana'),
      recursive: true,
      deleted: true,
      files: data.length,
      dirs: 1,
      bytes: 100,
      skipped: 0,
      pages: pages.map(({ id }) => id),
    });
    this.snapshot = chunkOf(encoded);
    this.keep('data', data);
    this.keep('list', lists);
    this.keep('page', pages);
    this.keep('snapshot', [this.snapshot]);
    this.items = [
      ...pages.map(({ id }): LogItem => ({ k: 'page', id })),
      { k: 'commit', snapshot: this.snapshot.id },
    ];
    this.offered = {
      t: 'offered',
      user,
      host,
      set,
      run: null,
      snapshot: this.snapshot.id,
      files: data.length,
      bytes: 100,
    };
  }

  keep(kind: ChunkKind, chunks: readonly Chunk[]): void {
    for (const chunk of chunks) this.kept.set(hex(chunk.id), { kind, chunk });
  }

  /** Serves wants, the log and acknowledgements until the other side ends. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    await this.opened(stream, connection);
    for (let message = await stream.next(); message !== null; message = await stream.next()) {
      if (message.t === 'next') await this.#log(stream, message.from, message.most);
      else if (message.t === 'want' && 'ids' in message) await this.#want(stream, message);
      else if (message.t === 'ack') {
        this.acks.push(message);
        await stream.send({ t: 'acked' });
      }
    }
    stream.end();
  }

  async #log(stream: Stream, from: number, most: number): Promise<void> {
    const items = this.items.slice(from, from + most);
    this.givenItems = from + items.length;
    if (items.length > 0) await stream.send({ t: 'log', from, items });
  }

  async #want(stream: Stream, { kind, ids }: WantChunks): Promise<void> {
    const lacking: Uint8Array[] = [];
    for (let at = 0; at < ids.length; at += 32) {
      const id = ids.subarray(at, at + 32);
      const kept = this.kept.get(hex(id));
      if (kept === undefined) {
        lacking.push(id);
        continue;
      }
      const record = this.bundle(kind, [kept.chunk]);
      if (record !== null) await stream.sendBundle(record);
    }
    if (lacking.length > 0)
      await stream.send({ t: 'lacking', ids: new Uint8Array(Buffer.concat(lacking)) });
  }
}

export class ScriptedHub implements AsyncDisposable {
  readonly port: number;
  readonly fingerprint: string;
  /** Connections that finished TLS, whatever became of them. */
  readonly connections: Connection[] = [];
  plays: Play[] = [];
  welcome: Partial<Welcome> = {};
  /** Instead of the welcome. */
  greet: ((connection: Connection) => Promise<void> | void) | null = null;
  /** Instead of what is served by default; answer true if that has taken the stream over. */
  onStream: (stream: Stream, first: Message, connection: Connection) => Promise<boolean> = () =>
    Promise.resolve(false);
  readonly #listener: Listener;

  private constructor(listener: Listener, fingerprint: string, connections: Connection[]) {
    this.#listener = listener;
    this.port = listener.port;
    this.fingerprint = fingerprint;
    this.connections = connections;
  }

  static async start(identity?: Identity): Promise<ScriptedHub> {
    const own = identity ?? (await anyIdentity());
    const connections: Connection[] = [];
    let hub: ScriptedHub | null = null;
    const listener = await testTransport.listen({
      host: '127.0.0.1',
      port: 0,
      identity: own,
      onConnection: (connection) => {
        connections.push(connection);
        hub?.accept(connection).catch(() => connection.close());
      },
    });
    hub = new ScriptedHub(listener, own.fingerprint, connections);
    return hub;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener.close();
    for (const connection of this.connections) connection.close();
  }

  /** Ends all connections, with a reason if one is given. */
  hangUp(reason?: RbError): void {
    for (const connection of this.connections.splice(0)) connection.close(reason);
  }

  async accept(connection: Connection): Promise<void> {
    const hello = await connection.control.next();
    if (hello?.t !== 'hello') throw new Error('no hello');
    connection.onStream((stream, first) => {
      // What a script does to a stream may well end it.
      this.#serve(stream, first, connection).catch(() => undefined);
    });
    if (this.greet !== null) {
      await this.greet(connection);
      return;
    }
    const { user } = hello;
    await connection.control.send({
      t: 'welcome',
      version: 1,
      program: 'test',
      hub: 'scripted',
      user,
      rights: 'member',
      open: true,
      timeMs: 1,
      ...this.welcome,
    });
    connection.markLoggedIn();
  }

  async #serve(stream: Stream, first: Message, connection: Connection): Promise<void> {
    if (await this.onStream(stream, first, connection)) return;
    if (first.t === 'receive') {
      for (const { offered } of this.plays) await stream.send(offered);
    } else if (first.t === 'follow') {
      const play = this.plays.find(
        ({ offered: { user, host, set } }) =>
          user === first.user && host === first.host && set === first.set,
      );
      await play?.serve(stream, connection);
    } else if (first.t === 'read') await (this.plays[0] as Play).serve(stream, connection);
    else if (first.t === 'ask' && first.what === 'snapshots') {
      const list = this.plays.map(({ snapshot, offered: { user, host, set } }) => {
        return {
          id: snapshot.id,
          user,
          host,
          set,
          timeMs: 1,
          files: 1,
          dirs: 1,
          bytes: 1,
          skipped: 0,
          sourcePath: bytesOf('/'),
          copies: [],
        };
      });
      await stream.send({ t: 'snapshots', list, more: false });
    }
    while ((await stream.next()) !== null);
    stream.end();
  }
}
