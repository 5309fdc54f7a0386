import { RbError } from '../base/errors.ts';
import { packBundle } from '../chunk/bundles.ts';
import { bodyOffset, decodeBundle } from '../model/bundle.ts';
import type { Bundle, BundleChunk, ChunkKind, Codec } from '../model/bundle.ts';
import { LIMITS } from '../model/limits.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import type { Stream } from '../transport/transport.ts';
import { MAX_IDS, MAX_WANTED_IDS } from '../wire/wire-limits.ts';
import { concatBytes, copyBytes } from '../base/bytes.ts';
import { openInto } from './chunk-source.ts';
import type { HubContext } from './hub-context.ts';
import { chunkKey, splitIds } from './runs/chunk-key.ts';
import { Signal } from './signal.ts';

/** Chunks that are picked out of records travel in bundles of this many plain bytes. */
const PICKED_BYTES = 1024 * 1024;

/** What a reader may have, and what will still come. */
export type Reach = {
  /** Whether a snapshot's record may be given out. */
  maySee(snapshot: Uint8Array): boolean;
  /** Whether a chunk that isn't in the vault is on its way from an origin. */
  isComing(id: Uint8Array): boolean;
  /** Whether chunks that weren't wanted may go out beside those that were: a record may be another user's. */
  maySeeNeighbours(): boolean;
};

type Picked = { readonly id: Uint8Array; readonly plain: Uint8Array };

/**
 * Serves the wants of one reader, one behind the other, no faster than its stream takes them: nothing is read from
 * the vault or compressed for it before what went before was accepted for sending. So a slow reader costs the
 * record it is at, and a list of ids.
 *
 * Wants are grouped by the record that holds them. A record of which all is wanted, or at least half if its other
 * chunks may be seen too, is sent as it lies there; of others the wanted chunks are picked out and bundled anew.
 */
export class ChunkServer {
  readonly #hub: HubContext;
  readonly #stream: Stream;
  readonly #reach: Reach;
  readonly #poked: Signal = new Signal();
  #wanted: Uint8Array[] = [];
  /** Wanted, but not in the vault yet. */
  #coming: Uint8Array[] = [];
  #outstanding = 0;
  #isPoked = false;
  #isStopped = false;
  #picked: Picked[] = [];
  #pickedBytes = 0;
  #pickedAs: { readonly kind: ChunkKind; readonly codec: Codec } = {
    kind: 'data',
    codec: 'stored',
  };

  constructor(hub: HubContext, stream: Stream, reach: Reach) {
    this.#hub = hub;
    this.#stream = stream;
    this.#reach = reach;
  }

  /** @throws RbError `protocol` when more is wanted than the protocol allows */
  want(ids: Uint8Array): void {
    const wanted = splitIds(ids);
    this.#outstanding += wanted.length;
    if (this.#outstanding > MAX_WANTED_IDS) {
      throw new RbError('protocol', `More than ${MAX_WANTED_IDS} chunks were wanted at a time.`);
    }
    this.#wanted.push(...wanted);
    this.poke();
  }

  /** Something may have come into the vault, or will come no more. */
  poke(): void {
    this.#isPoked = true;
    this.#poked.notify();
  }

  stop(): void {
    this.#isStopped = true;
    this.poke();
  }

  /** Serves until it is stopped. @throws RbError what the stream ended with, or a fault of the vault */
  async serve(): Promise<void> {
    while (!this.#isStopped) {
      if (!this.#isPoked) await this.#poked.next();
      this.#isPoked = false;
      const batch = [...this.#coming, ...this.#wanted];
      this.#coming = [];
      this.#wanted = [];
      await this.#serveBatch(batch);
    }
  }

  async #serveBatch(batch: Uint8Array[]): Promise<void> {
    const lacking: Uint8Array[] = [];
    for (let rest = batch; rest.length > 0 && !this.#isStopped;) {
      const groups = this.#group(rest, lacking);
      rest = [];
      for (const [index, ids] of groups.entries()) {
        if (this.#isStopped) return;
        // What has been wanted since may well be the rest of the last record: then it goes out whole.
        if (index > 0 && index === groups.length - 1 && this.#wanted.length > 0) {
          this.#wanted = [...ids, ...this.#wanted];
          break;
        }
        rest.push(...(await this.#serveRecord(ids, lacking)));
      }
    }
    await this.#flush();
    await this.#sayLacking(lacking);
  }

  /** Ids by the record that they are in. */
  #group(ids: readonly Uint8Array[], lacking: Uint8Array[]): Uint8Array[][] {
    const groups = new Map<number, Uint8Array[]>();
    for (const id of ids) {
      const place = this.#hub.vault.find(id);
      if (place === undefined) {
        if (this.#reach.isComing(id)) this.#coming.push(id);
        else lacking.push(id);
        continue;
      }
      const group = groups.get(place);
      if (group === undefined) groups.set(place, [id]);
      else group.push(id);
    }
    return [...groups.values()];
  }

  /** @returns those that turned out to be elsewhere, because the record is damaged */
  async #serveRecord(ids: readonly Uint8Array[], lacking: Uint8Array[]): Promise<Uint8Array[]> {
    const first = ids[0] as Uint8Array;
    const found = await this.#hub.chunks.record(first);
    if (found === undefined) {
      lacking.push(first);
      return ids.slice(1);
    }
    const { record, head } = found;
    try {
      // The index says that they are in it: then they are all of it. Others' snapshots may be beside one's own.
      if (head.kind !== 'snapshot' && ids.length === head.chunkCount) {
        this.#outstanding -= ids.length;
        await this.#stream.sendBundle(record.retain());
        return [];
      }
      return await this.#servePart(record, ids, lacking);
    } finally {
      record.release();
    }
  }

  /** As above, for ids that are some of those in a record. */
  async #servePart(
    record: SharedLease,
    ids: readonly Uint8Array[],
    lacking: Uint8Array[],
  ): Promise<Uint8Array[]> {
    const bundle = decodeBundle(record.bytes);
    const inRecord = new Map(bundle.chunks.map((chunk) => [chunkKey(chunk.id), chunk]));
    const elsewhere: Uint8Array[] = [];
    const chunks: BundleChunk[] = [];
    for (const id of ids) {
      const chunk = inRecord.get(chunkKey(id));
      if (chunk === undefined) elsewhere.push(id);
      else if (bundle.head.kind === 'snapshot' && !this.#reach.maySee(id)) lacking.push(id);
      else chunks.push(chunk);
    }
    if (chunks.length > 0) await this.#send(record, bundle, chunks);
    return elsewhere;
  }

  async #send(record: SharedLease, bundle: Bundle, chunks: readonly BundleChunk[]): Promise<void> {
    const { kind, codec, plainBytes } = bundle.head;
    let wantedBytes = 0;
    for (const { bytes } of chunks) wantedBytes += bytes;
    // A record of snapshots never goes out whole: others' may be in it. One of data or pages is one origin's; who has
    // a file that another user has as well gets that alone, not what lies beside it there.
    const isWorthIt = kind !== 'snapshot' && wantedBytes * 2 >= plainBytes;
    if (isWorthIt && this.#reach.maySeeNeighbours()) {
      this.#outstanding -= chunks.length;
      return this.#stream.sendBundle(record.retain());
    }
    if (kind !== this.#pickedAs.kind || codec !== this.#pickedAs.codec) await this.#flush();
    this.#pickedAs = { kind, codec };
    // Not an array buffer: one of 1 MiB for each record would be garbage sooner than V8 looks for some.
    let opened: SharedLease | null = null;
    try {
      for (const { id, offset, bytes } of chunks) {
        // Pages are wanted one by one, and those of a record one behind the other.
        let plain = kind === 'page' ? await this.#hub.chunks.plain(id) : undefined;
        if (plain === undefined && opened === null) {
          opened = this.#hub.arena.take(plainBytes);
          openInto(opened.bytes, bundle);
        }
        // A copy: what is picked may be sent after the record was let go.
        plain ??= (opened as SharedLease).bytes.slice(offset, offset + bytes);
        await this.#pick(id.slice(), plain);
      }
    } finally {
      opened?.release();
    }
  }

  async #pick(id: Uint8Array, plain: Uint8Array): Promise<void> {
    const bytes = this.#pickedBytes + plain.length;
    if (this.#picked.length >= LIMITS.bundleChunks || bytes > PICKED_BYTES) await this.#flush();
    this.#picked.push({ id, plain });
    this.#pickedBytes += plain.length;
  }

  /** Sends what was picked out; compressed if it was so in its record. */
  async #flush(): Promise<void> {
    const picked = this.#picked;
    if (picked.length === 0) return;
    const { kind, codec } = this.#pickedAs;
    this.#picked = [];
    this.#pickedBytes = 0;
    this.#outstanding -= picked.length;
    const lengths = Uint32Array.from(picked, ({ plain }) => plain.length);
    const offsets = new Uint32Array(lengths.length);
    let end = bodyOffset(lengths.length);
    for (const [i, length] of lengths.entries()) {
      offsets[i] = end;
      end += length;
    }
    const room = this.#hub.arena.take(end);
    for (const [i, { plain }] of picked.entries())
      copyBytes(plain, room.bytes, offsets[i] as number);
    const table = { ids: concatBytes(picked.map(({ id }) => id)), offsets, lengths };
    const level = codec === 'stored' ? 0 : undefined;
    try {
      room.narrow(await packBundle(this.#hub.pool, kind, room.range, table, level));
    } catch (error) {
      room.release();
      throw error;
    }
    return this.#stream.sendBundle(room);
  }

  async #sayLacking(lacking: readonly Uint8Array[]): Promise<void> {
    for (let at = 0; at < lacking.length; at += MAX_IDS) {
      const some = lacking.slice(at, at + MAX_IDS);
      this.#outstanding -= some.length;
      await this.#stream.send({ t: 'lacking', ids: concatBytes(some) });
    }
  }
}
