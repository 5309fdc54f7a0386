import { concatBytes, equalBytes, hex } from '../../src/base/bytes.ts';
import { openBundle } from '../../src/chunk/bundle-jobs.ts';
import { encodeBundle } from '../../src/model/bundle.ts';
import type { ChunkKind } from '../../src/model/bundle.ts';
import type { Connection, Stream } from '../../src/transport/transport.ts';
import type { LogItem, Offered } from '../../src/wire/messages-follow.ts';
import type { Message } from '../../src/wire/messages.ts';
import { backupMessage, newDestination, nextOf } from './lab.ts';
import type { Chunk, Tree } from './trees.ts';

type BackupMessage = Extract<Message, { t: 'backup' }>;

export function bundleOf(kind: ChunkKind, chunks: readonly Chunk[]): Uint8Array {
  const table = chunks.map(({ id, plain }) => ({ id, bytes: plain.length }));
  return encodeBundle(kind, 'stored', table, concatBytes(chunks.map(({ plain }) => plain)));
}

/** An origin that says what it is told to. */
export class Origin {
  readonly stream: Stream;
  #seq = 0;
  sentChunks: number = 0;

  constructor(connection: Connection, set: string, more: Partial<BackupMessage> = {}) {
    this.stream = connection.openStream(backupMessage(set, more));
  }

  start(): Promise<Extract<Message, { t: 'start' }>> {
    return nextOf(this.stream, 'start');
  }

  /** Offers without waiting. */
  async offer(kind: 'data' | 'list' | 'page', chunks: readonly Chunk[]): Promise<void> {
    const ids = concatBytes(chunks.map(({ id }) => id));
    const lengths = chunks.map(({ plain }) => plain.length);
    await this.stream.send({ t: 'offer', seq: this.#seq++, kind, ids, lengths });
  }

  /** Offers, waits for the answer, sends what is wanted. @returns what was wanted */
  async give(kind: 'data' | 'list' | 'page', chunks: readonly Chunk[]): Promise<Chunk[]> {
    if (chunks.length === 0) return [];
    await this.offer(kind, chunks);
    const want = await nextOf(this.stream, 'want');
    if (!('bits' in want)) throw new Error('an odd want');
    const wanted = chunks.filter((_, i) => (((want.bits[i >> 3] ?? 0) >> (i & 7)) & 1) === 1);
    const isLarge = wanted.some(({ plain }) => plain.length > 100_000);
    const bundles = isLarge ? wanted.map((chunk) => [chunk]) : [wanted];
    for (const some of bundles) {
      if (some.length > 0) await this.stream.sendBundle(bundleOf(kind, some));
    }
    this.sentChunks += wanted.length;
    return wanted;
  }

  async sendTree(tree: Tree): Promise<void> {
    await this.give('data', tree.data);
    await this.give('page', tree.pages);
    for (const { id } of tree.pages) await this.stream.send({ t: 'page', id });
  }

  async finish(tree: Tree): Promise<void> {
    const { data, bytes } = tree;
    await this.stream.send({ t: 'finish', files: data.length, dirs: 1, bytes, skipped: 0 });
  }

  async commit(tree: Tree): Promise<Extract<Message, { t: 'committed' }>> {
    await this.start();
    await this.sendTree(tree);
    await this.finish(tree);
    return nextOf(this.stream, 'committed');
  }
}

/** Backs a tree up, waits for the commit, and leaves. */
export async function backUp(
  connection: Connection,
  set: string,
  tree: Tree,
  more: Partial<BackupMessage> = {},
): Promise<Extract<Message, { t: 'committed' }>> {
  const origin = new Origin(connection, set, more);
  const committed = await origin.commit(tree);
  origin.stream.end();
  await origin.stream.closed;
  return committed;
}

/** A destination that takes what it is offered. */
export class Taker {
  readonly connection: Connection;
  readonly id: Uint8Array = newDestination();
  readonly standing: Stream;
  readonly chunks: Map<string, Uint8Array> = new Map<string, Uint8Array>();

  constructor(
    connection: Connection,
    name: string,
    more: Partial<Extract<Message, { t: 'receive' }>> = {},
  ) {
    this.connection = connection;
    this.id = more.destination ?? this.id;
    const destination = this.id;
    this.standing = connection.openStream({
      t: 'receive',
      destination,
      name,
      filter: null,
      have: [],
      ...more,
    });
  }

  offered(): Promise<Offered> {
    return nextOf(this.standing, 'offered');
  }

  follow({ user, host, set, run, snapshot }: Offered): Stream {
    return this.connection.openStream({
      t: 'follow',
      destination: this.id,
      user,
      host,
      set,
      run,
      snapshot,
    });
  }

  /** Reads a log to its end, fetching all pages and `data`. */
  async takeAll(stream: Stream, data: readonly Chunk[]): Promise<LogItem> {
    for (let from = 0; ;) {
      await stream.send({ t: 'next', from, most: 256 });
      const { items } = await nextOf(stream, 'log');
      from += items.length;
      for (const item of items) if (item.k === 'page') await this.fetch(stream, 'page', [item.id]);
      const last = items.at(-1) as LogItem;
      if (last.k !== 'commit' && last.k !== 'abort') continue;
      if (last.k === 'commit' && data.length > 0)
        await this.fetch(
          stream,
          'data',
          data.map(({ id }) => id),
        );
      return last;
    }
  }

  async fetch(stream: Stream, kind: ChunkKind, ids: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const missing = new Set(ids.map(hex));
    const lacking: Uint8Array[] = [];
    await stream.send({ t: 'want', kind, ids: concatBytes(ids) });
    while (missing.size > 0) {
      const incoming = await stream.next();
      if (incoming === null) throw new Error('the stream ended before all was here');
      if (incoming.t === 'lacking') {
        for (let at = 0; at < incoming.ids.length; at += 32) {
          lacking.push(incoming.ids.subarray(at, at + 32));
          missing.delete(hex(incoming.ids.subarray(at, at + 32)));
        }
      }
      if (incoming.t !== '#bundle') continue;
      const { chunks, plain } = openBundle(incoming.record.bytes);
      for (const [i, offset] of chunks.offsets.entries()) {
        const id = hex(chunks.ids.subarray(i * 32, i * 32 + 32));
        missing.delete(id);
        this.chunks.set(id, plain.slice(offset, offset + (chunks.lengths[i] as number)));
      }
    }
    return lacking;
  }

  /** Takes the next offer to its end and acknowledges it. */
  async take(tree: Tree): Promise<LogItem> {
    const stream = this.follow(await this.offered());
    const last = await this.takeAll(stream, tree.data);
    if (last.k === 'commit') await this.acknowledge(stream, last.snapshot, tree);
    return last;
  }

  async acknowledge(
    stream: Stream,
    snapshot: Uint8Array,
    tree: Tree,
    verified: boolean = true,
  ): Promise<void> {
    const { bytes } = tree;
    await stream.send({
      t: 'ack',
      snapshot,
      verified,
      bytes,
      receivedBytes: bytes,
      problems: 0,
      message: '',
    });
    await nextOf(stream, 'acked');
    stream.end();
  }

  holdsAll(chunks: readonly Chunk[]): boolean {
    return chunks.every(({ id, plain }) =>
      equalBytes(this.chunks.get(hex(id)) ?? new Uint8Array(0), plain),
    );
  }
}

/** A destination that only has to be there. */
export function arrive(...its: ConstructorParameters<typeof Taker>): Taker {
  return new Taker(...its);
}
