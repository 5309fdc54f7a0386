import { hex } from '../base/bytes.ts';
import { RbError, toRbError } from '../base/errors.ts';
import { SharedArena, viewOf } from '../base/shared-arena.ts';
import type { SharedLease, SharedRange } from '../base/shared-arena.ts';
import { verifyBundle } from '../chunk/bundles.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import { decodeBundleHead } from '../model/bundle.ts';
import type { ChunkKind } from '../model/bundle.ts';
import { LIMITS } from '../model/limits.ts';
import type { Connection, Stream } from '../transport/transport.ts';

/** Most chunks asked for and not yet handed out: pages are some 30 KiB each. */
const AHEAD = 64;

type Slot = { resolve(chunk: Uint8Array): void; reject(error: unknown): void };

/**
 * Fetches single chunks from the hub by id, each checked against its id. For what people look at: snapshot records,
 * pages. One stream; requests may overlap.
 */
export class ChunkReader {
  readonly #stream: Stream;
  readonly #pool: WorkerPool;
  /** For plain bytes; bundles are taken one by one. */
  readonly #arena = new SharedArena(LIMITS.bundlePlainBytes);
  readonly #wanted = new Map<string, Slot[]>();
  #failure: RbError | null = null;

  constructor(connection: Connection, pool: WorkerPool) {
    this.#pool = pool;
    this.#stream = connection.openStream({ t: 'read' });
    void this.#receive();
  }

  /** @throws missing-chunk, damaged-chunk, not-allowed, connection-lost */
  async get(kind: ChunkKind, id: Uint8Array): Promise<Uint8Array> {
    if (this.#failure !== null) throw this.#failure;
    const key = hex(id);
    const slots = this.#wanted.get(key);
    const chunk = new Promise<Uint8Array>((resolve, reject) => {
      if (slots === undefined) this.#wanted.set(key, [{ resolve, reject }]);
      else slots.push({ resolve, reject });
    });
    if (slots === undefined)
      this.#stream
        .send({ t: 'want', kind, ids: Uint8Array.from(id) })
        .catch((e) => this.#failAll(e));
    return await chunk;
  }

  /** The chunks in the order of their ids, asked for some way ahead. */
  async *inOrder(
    kind: ChunkKind,
    ids: readonly Uint8Array[],
  ): AsyncGenerator<Uint8Array, void, void> {
    const ahead: Promise<Uint8Array>[] = [];
    for (let next = 0, at = 0; at < ids.length; at++) {
      while (next < ids.length && next < at + AHEAD) {
        const asked = this.get(kind, ids[next++] as Uint8Array);
        // Whoever stops half-way must not leave a rejection that nobody sees.
        asked.catch(() => undefined);
        ahead.push(asked);
      }
      yield await (ahead.shift() as Promise<Uint8Array>);
    }
  }

  close(): void {
    this.#stream.end();
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#stream.next();
        if (message === null) throw new RbError('connection-lost', 'The hub ended the reading.');
        if (message.t === '#bundle') await this.#accept(message.record);
        else if (message.t === 'lacking') this.#lack(message.ids);
      }
    } catch (error) {
      this.#failAll(error);
    }
  }

  async #accept(record: SharedLease): Promise<void> {
    const { codec, plainBytes } = decodeBundleHead(record.bytes);
    const room = codec === 'stored' ? null : this.#arena.take(plainBytes);
    try {
      const { plain, chunks } = await verifyBundle(this.#pool, record.range, room?.range ?? null);
      const bytes = viewOf(plain as SharedRange);
      for (let i = 0; i < chunks.lengths.length; i++) {
        const id = chunks.ids.subarray(i * LIMITS.idBytes, (i + 1) * LIMITS.idBytes);
        const offset = chunks.offsets[i] as number;
        const chunk = bytes.slice(offset, offset + (chunks.lengths[i] as number));
        this.#settle(id, (slot) => slot.resolve(chunk));
      }
    } finally {
      room?.release();
      record.release();
    }
  }

  #lack(ids: Uint8Array): void {
    const error = new RbError(
      'missing-chunk',
      'The hub lacks a piece of this snapshot; run `rbbackupd check` there.',
    );
    for (let at = 0; at < ids.length; at += LIMITS.idBytes) {
      this.#settle(ids.subarray(at, at + LIMITS.idBytes), (slot) => slot.reject(error));
    }
  }

  #settle(id: Uint8Array, how: (slot: Slot) => void): void {
    const key = hex(id);
    const slots = this.#wanted.get(key) ?? [];
    this.#wanted.delete(key);
    for (const slot of slots) how(slot);
  }

  #failAll(error: unknown): void {
    const failure = (this.#failure ??= toRbError(error));
    for (const slots of this.#wanted.values()) for (const slot of slots) slot.reject(failure);
    this.#wanted.clear();
  }
}
