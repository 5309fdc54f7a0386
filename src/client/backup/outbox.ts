import { RbError } from '../../base/errors.ts';
import type { SharedLease } from '../../base/shared-arena.ts';
import type { ChunkTable } from '../../chunk/bundle-jobs.ts';
import { packBundle } from '../../chunk/bundles.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { LIMITS } from '../../model/limits.ts';
import type { ScanChunks } from '../../scan/protocol.ts';
import type { Stream } from '../../transport/transport.ts';
import type { Page, Part, WantBits } from '../../wire/messages-backup.ts';
import { levelByLoad } from './level-by-load.ts';

/** Most offers without an answer (docs/spec/wire.md). */
const OFFERS_OPEN = 32;

type Offer = { readonly chunks: ScanChunks; answer(bits: Uint8Array): void };

export type OutboxOptions = {
  readonly stream: Stream;
  readonly pool: WorkerPool;
  /** Whether wanted chunks are only counted. */
  readonly dryRun: boolean;
  readonly fail: (error: unknown) => void;
};

/**
 * What an origin sends, in order: chunks are offered as they are cut; what the hub wants of them is packed in workers,
 * where it lies, and sent; items of the log follow behind the chunks that they name. Its memory is bounded by the
 * scan's, which has it back when it is sent or not wanted.
 */
export class Outbox {
  /** Chunks that the hub wanted, and their plain bytes. */
  wantedChunks = 0;
  wantedBytes = 0;
  readonly #options: OutboxOptions;
  readonly #waiting: Offer[] = [];
  readonly #open = new Map<number, Offer>();
  #nextSeq = 0;
  #tail: Promise<void> = Promise.resolve();
  #packing = 0;
  #isSending = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Offers chunks; their room is its own from now on. */
  chunks(chunks: ScanChunks): void {
    const answered = new Promise<Uint8Array>((answer) => this.#waiting.push({ chunks, answer }));
    const packed = answered.then(async (bits) => await this.#pack(chunks, bits));
    packed.catch(this.#options.fail);
    this.#after(async () => {
      const record = await packed;
      if (record !== null) await this.#send(record);
    });
    this.#pump();
  }

  /** Sends an item of the log once everything before it has been sent. */
  item(item: Part | Page): void {
    if (!this.#options.dryRun) this.#after(async () => await this.#options.stream.send(item));
  }

  /** The hub's answer to an offer. */
  want(message: WantBits): void {
    const offer = this.#open.get(message.seq);
    if (offer === undefined)
      throw new RbError('protocol', 'The hub answered an offer that was not made.');
    this.#open.delete(message.seq);
    offer.answer(message.bits);
    this.#pump();
  }

  /** Resolves when all that was handed over has been sent. */
  async drained(): Promise<void> {
    await this.#tail;
  }

  #after(task: () => Promise<void>): void {
    this.#tail = this.#tail.then(task);
    this.#tail.catch(this.#options.fail);
  }

  #pump(): void {
    while (this.#open.size < OFFERS_OPEN) {
      const offer = this.#waiting.shift();
      if (offer === undefined) return;
      const { kind, ids, lengths } = offer.chunks;
      const seq = this.#nextSeq++;
      this.#open.set(seq, offer);
      this.#options.stream
        .send({ t: 'offer', seq, kind, ids, lengths: Array.from(lengths) })
        .catch(this.#options.fail);
    }
  }

  /** Makes one record of the wanted chunks. @returns null for none; the room is given back then */
  async #pack(chunks: ScanChunks, bits: Uint8Array): Promise<SharedLease | null> {
    const { kind, room } = chunks;
    const table = wantedOf(chunks, bits);
    for (const bytes of table.lengths) this.wantedBytes += bytes;
    this.wantedChunks += table.lengths.length;
    if (table.lengths.length === 0 || this.#options.dryRun) {
      room.release();
      return null;
    }
    this.#packing++;
    const { pool } = this.#options;
    const load = { threads: pool.size, packing: this.#packing, isSending: this.#isSending };
    try {
      return room.narrow(await packBundle(pool, kind, room.range, table, levelByLoad(load)));
    } finally {
      this.#packing--;
    }
  }

  async #send(record: SharedLease): Promise<void> {
    this.#isSending = true;
    await this.#options.stream.sendBundle(record);
    this.#isSending = false;
  }
}

/** The rows of the table whose bit is set. */
function wantedOf({ ids, offsets, lengths }: ScanChunks, bits: Uint8Array): ChunkTable {
  const indexes: number[] = [];
  for (let i = 0; i < lengths.length; i++) {
    if (((bits[i >> 3] ?? 0) & (1 << (i & 7))) !== 0) indexes.push(i);
  }
  if (indexes.length === lengths.length) return { ids, offsets, lengths };
  const { idBytes } = LIMITS;
  const wantedIds = new Uint8Array(indexes.length * idBytes);
  for (const [at, index] of indexes.entries()) {
    wantedIds.set(ids.subarray(index * idBytes, (index + 1) * idBytes), at * idBytes);
  }
  return {
    ids: wantedIds,
    offsets: Uint32Array.from(indexes, (index) => offsets[index] as number),
    lengths: Uint32Array.from(indexes, (index) => lengths[index] as number),
  };
}
