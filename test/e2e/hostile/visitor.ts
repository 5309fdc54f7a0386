/** Clients of a real hub that say what they are told to: by our own transport, or byte by byte. */

import { randomBytes } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';

import { concatBytes } from '../../../src/base/bytes.ts';
import type { ChunkKind } from '../../../src/model/bundle.ts';
import { createIdentity } from '../../../src/transport/identity.ts';
import type { Connection, Identity, Stream } from '../../../src/transport/transport.ts';
import { decodeReason, encodeMessage } from '../../../src/wire/codec.ts';
import type { Hello } from '../../../src/wire/messages-login.ts';
import type { FrameType } from '../../../src/wire/frame.ts';
import type { Incoming, Message, Reason } from '../../../src/wire/messages.ts';
import { frame, framesOf } from '../../wire/frames.ts';
import { testTransport } from '../transport-choice.ts';
import { bundleOf } from './wild.ts';
import type { Chunk, Wild } from './wild.ts';

type Backup = Extract<Message, { t: 'backup' }>;

/** The machine of all scripted clients. */
export const MACHINE = 'machine';

let shared: Promise<Identity> | null = null;

/** One identity for all who need none of their own: making one takes a while. */
export function anyIdentity(): Promise<Identity> {
  return (shared ??= createIdentity());
}

export function helloOf(user: string, more: Partial<Hello> = {}): Hello {
  return { t: 'hello', version: 1, program: 'test', user, host: MACHINE, device: MACHINE, ...more };
}

export async function visit(port: number, identity?: Identity): Promise<Connection> {
  const addresses = [`127.0.0.1:${port}`];
  return await testTransport.connect({
    identity: identity ?? (await anyIdentity()),
    addresses,
    expectedFingerprint: null,
  });
}

/** Connects and logs in; rejects with what the hub says against it. */
export async function logIn(
  port: number,
  user: string,
  more: Partial<Hello> = {},
  identity?: Identity,
): Promise<Connection> {
  const connection = await visit(port, identity);
  await connection.control.send(helloOf(user, more));
  const welcome = await connection.control.next();
  if (welcome?.t !== 'welcome') throw new Error('there was no welcome');
  connection.markLoggedIn();
  return connection;
}

/** The next message of a kind; others before it are passed over. */
export async function nextOf<T extends Incoming['t']>(
  stream: Stream,
  t: T,
): Promise<Extract<Incoming, { t: T }>> {
  for (;;) {
    const incoming = await stream.next();
    if (incoming === null) throw new Error(`the stream ended before "${t}"`);
    if (incoming.t === t) return incoming as Extract<Incoming, { t: T }>;
  }
}

export function backupOf(set: string, more: Partial<Backup> = {}): Backup {
  const sourcePath = new TextEncoder().encode('/home/mal');
  return {
    t: 'backup',
    set,
    host: MACHINE,
    sourcePath,
    recursive: true,
    delete: true,
    copies: 0,
    waitMs: null,
    dryRun: false,
    memory: null,
    ...more,
  };
}

/** An origin by hand. */
export class ScriptedOrigin {
  readonly connection: Connection;
  readonly stream: Stream;
  #seq = 0;

  constructor(connection: Connection, set: string, more: Partial<Backup> = {}) {
    this.connection = connection;
    this.stream = connection.openStream(backupOf(set, more));
  }

  async start(): Promise<void> {
    await nextOf(this.stream, 'start');
  }

  async offer(kind: Exclude<ChunkKind, 'snapshot'>, chunks: readonly Chunk[]): Promise<void> {
    const lengths = chunks.map(({ plain }) => plain.length);
    await this.offerIds(kind, concatBytes(chunks.map(({ id }) => id)), lengths);
  }

  async offerIds(
    kind: Exclude<ChunkKind, 'snapshot'>,
    ids: Uint8Array,
    lengths: number[],
  ): Promise<void> {
    await this.stream.send({ t: 'offer', seq: this.#seq++, kind, ids, lengths });
  }

  /** Offers, waits for the answer, sends what is wanted. */
  async give(kind: Exclude<ChunkKind, 'snapshot'>, chunks: readonly Chunk[]): Promise<void> {
    if (chunks.length === 0) return;
    await this.offer(kind, chunks);
    const answer = await nextOf(this.stream, 'want');
    const bits = 'bits' in answer ? answer.bits : new Uint8Array(0);
    const wanted = chunks.filter((_, i) => (((bits[i >> 3] ?? 0) >> (i & 7)) & 1) === 1);
    if (wanted.length > 0) await this.stream.sendBundle(bundleOf(kind, wanted));
  }

  async addPages(pages: readonly Chunk[]): Promise<void> {
    for (const { id } of pages) await this.stream.send({ t: 'page', id });
  }

  async giveTree({ data, lists, pages }: Wild): Promise<void> {
    await this.give('data', data);
    await this.give('list', lists);
    await this.give('page', pages);
    await this.addPages(pages);
  }

  async finish(files: number = 0, bytes: number = 0): Promise<void> {
    await this.stream.send({ t: 'finish', files, dirs: 1, bytes, skipped: 0 });
  }

  async committed(): Promise<Uint8Array> {
    return (await nextOf(this.stream, 'committed')).snapshot;
  }
}

/** Sends a tree, and rejects with what the hub says against it. */
export async function commitTree(
  connection: Connection,
  set: string,
  tree: Wild,
): Promise<Uint8Array> {
  const origin = new ScriptedOrigin(connection, set);
  await origin.start();
  await origin.giveTree(tree);
  await origin.finish(tree.data.length);
  const snapshot = await origin.committed();
  origin.stream.end();
  return snapshot;
}

export function newDestination(): Uint8Array {
  return new Uint8Array(randomBytes(16));
}

/** A client that writes frames of its own making. */
export class RawVisitor {
  readonly #socket: TLSSocket;
  readonly #said: Uint8Array[] = [];
  readonly closed: Promise<void>;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Uint8Array) => this.#said.push(bytes));
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async connect(port: number): Promise<RawVisitor> {
    const { keyPem: key, certPem: cert } = await anyIdentity();
    const socket = connectTls({
      host: '127.0.0.1',
      port,
      key,
      cert,
      rejectUnauthorized: false,
      ALPNProtocols: ['rbbackup/1'],
    });
    const visitor = new RawVisitor(socket);
    await new Promise((resolve, reject) =>
      socket.once('secureConnect', resolve).once('error', reject),
    );
    return visitor;
  }

  /** Logs in, then opens stream 1 as an origin and waits for its start. */
  static async origin(port: number, user: string, set: string): Promise<RawVisitor> {
    const visitor = await RawVisitor.connect(port);
    visitor.message(0, helloOf(user));
    await visitor.said((frames) =>
      frames.some(({ stream, type }) => stream === 0 && type === 'message'),
    );
    visitor.message(1, backupOf(set));
    await visitor.said((frames) =>
      frames.some(({ stream, type }) => stream === 1 && type === 'message'),
    );
    return visitor;
  }

  bytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  message(stream: number, message: object): void {
    this.bytes(frame('message', stream, encodeMessage(message as Message)));
  }

  frame(type: FrameType, stream: number, payload: Uint8Array): void {
    this.bytes(frame(type, stream, payload));
  }

  /** Why the hub hung up. */
  goAway(): Reason | null {
    const last = this.frames().find(({ type }) => type === 'goaway');
    return last === undefined ? null : decodeReason(last.payload);
  }

  frames(): ReturnType<typeof framesOf> {
    return framesOf(this.#said);
  }

  /** Waits until what was heard fits, or the hub hangs up. */
  async said(fits: (frames: ReturnType<typeof framesOf>) => boolean): Promise<void> {
    while (!fits(this.frames()) && !this.#socket.closed) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#socket.off('data', wake).off('close', wake);
          resolve();
        };
        this.#socket.on('data', wake).on('close', wake);
      });
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
