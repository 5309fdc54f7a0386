import { RbError } from '../../base/errors.ts';
import { packBundle } from '../../chunk/bundles.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { LIMITS } from '../../model/limits.ts';
import type { ScanChunks } from '../../scan/protocol.ts';
import type { Stream } from '../../transport/transport.ts';
import type { Page, Part, WantBits } from '../../wire/messages-backup.ts';

/** Most chunks of one offer, and most offers without an answer (docs/spec/wire.md). */
const OFFER_CHUNKS = 1024;
const OFFERS_OPEN = 32;

type Offer = {
  readonly event: ScanChunks;
  readonly from: number;
  readonly to: number;
  answer(bits: Uint8Array): void;
};

export type OutboxOptions = {
  readonly stream: Stream;
  readonly pool: WorkerPool;
  /** Whether wanted chunks are only counted. */
  readonly dryRun: boolean;
  readonly giveBack: (arena: ArrayBuffer) => void;
  readonly fail: (error: unknown) => void;
};

/**
 * What an origin sends, in order: chunks are offered as they are cut; what the hub wants of them is packed in workers
 * and sent; items of the log follow behind the chunks that they name. Its memory is bounded by the arenas, which go
 * back to the scan when their wanted bytes are packed.
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

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Offers the chunks of an event; owns its arena from now on. */
  chunks(event: ScanChunks): void {
    const count = event.lengths.length;
    const answers: Promise<Uint8Array>[] = [];
    for (let from = 0; from < count; from += OFFER_CHUNKS) {
      const to = Math.min(count, from + OFFER_CHUNKS);
      answers.push(new Promise((answer) => this.#waiting.push({ event, from, to, answer })));
    }
    const packed = Promise.all(answers).then(async (bits) => await this.#pack(event, bits));
    packed.catch(this.#options.fail);
    this.#after(async () => {
      for (const record of await packed) await this.#options.stream.sendBundle(record);
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
      const { event, from, to } = offer;
      const seq = this.#nextSeq++;
      this.#open.set(seq, offer);
      const ids = event.ids.subarray(from * LIMITS.idBytes, to * LIMITS.idBytes);
      const lengths = Array.from(event.lengths.subarray(from, to));
      this.#options.stream
        .send({ t: 'offer', seq, kind: event.kind, ids, lengths })
        .catch(this.#options.fail);
    }
  }

  /** Makes one record of the wanted chunks, or none; gives the arena back. */
  async #pack(event: ScanChunks, bits: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const wanted = wantedIndexes(event.lengths.length, bits);
    for (const index of wanted) this.wantedBytes += event.lengths[index] as number;
    this.wantedChunks += wanted.length;
    const groups = this.#options.dryRun ? [] : groupsOf(wanted, event.lengths);
    const records: Uint8Array[] = [];
    let arena = event.arena;
    for (const group of groups) {
      const answer = await packBundle(this.#options.pool, event.kind, arena, tableOf(event, group));
      arena = answer.arena;
      records.push(answer.record);
    }
    if (event.pooled) this.#options.giveBack(arena);
    return records;
  }
}

function wantedIndexes(count: number, bits: readonly Uint8Array[]): number[] {
  const wanted: number[] = [];
  for (let i = 0; i < count; i++) {
    const word = bits[Math.floor(i / OFFER_CHUNKS)] as Uint8Array;
    const at = i % OFFER_CHUNKS;
    if (((word[at >> 3] ?? 0) & (1 << (at & 7))) !== 0) wanted.push(i);
  }
  return wanted;
}

/** Splits what is wanted into bundles that keep to the format's bounds. */
function groupsOf(wanted: readonly number[], lengths: Uint32Array): number[][] {
  const groups: number[][] = [];
  let group: number[] = [];
  let bytes = 0;
  for (const index of wanted) {
    const length = lengths[index] as number;
    const isFull = bytes + length > LIMITS.chunkBytes || group.length >= LIMITS.bundleChunks;
    if (group.length > 0 && isFull) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(index);
    bytes += length;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

function tableOf(
  event: ScanChunks,
  group: readonly number[],
): { ids: Uint8Array; offsets: Uint32Array; lengths: Uint32Array } {
  const ids = new Uint8Array(group.length * LIMITS.idBytes);
  const offsets = new Uint32Array(group.length);
  const lengths = new Uint32Array(group.length);
  group.forEach((index, at) => {
    ids.set(
      event.ids.subarray(index * LIMITS.idBytes, (index + 1) * LIMITS.idBytes),
      at * LIMITS.idBytes,
    );
    offsets[at] = event.offsets[index] as number;
    lengths[at] = event.lengths[index] as number;
  });
  return { ids, offsets, lengths };
}
