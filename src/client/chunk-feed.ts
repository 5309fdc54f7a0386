import { isRbError, RbError } from '../base/errors.ts';
import type { SharedArena, SharedLease } from '../base/shared-arena.ts';
import { decodeBundleHead } from '../model/bundle.ts';
import { LIMITS } from '../model/limits.ts';
import { verifyBundle } from '../chunk/bundles.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import type { RebuildHandle } from '../rebuild/rebuilder.ts';
import type { WantKind } from '../rebuild/protocol.ts';
import type { Stream } from '../transport/transport.ts';

/** Most ids of one want message (docs/spec/wire.md). */
const WANT_IDS = 1024;
/**
 * Plain bytes of bundles that are being checked or written; no more are taken from the stream then. Twice the largest
 * window, as a bundle may be twice what was wanted of it, so that it stops nobody but a hub that sends what nobody wants.
 */
const IN_HAND_BYTES = 32 * 1024 * 1024;

export type ChunkFeedContext = {
  readonly pool: WorkerPool;
  /** For plain bytes. */
  readonly arena: SharedArena;
  /** Is told that a bundle is damaged or can't be checked; the transfer is over then. */
  readonly fail: (error: unknown) => void;
};

/**
 * Asks the hub for what a rebuild wants, and hands over what comes: each bundle is checked in a worker first, its
 * checksum and the id of every chunk. Bundles are checked side by side; the rebuild takes them in any order.
 */
export class ChunkFeed {
  /** Bytes of the bundles that came, as they are on the wire. */
  receivedBytes = 0;
  readonly #stream: Stream;
  readonly #rebuild: RebuildHandle;
  readonly #context: ChunkFeedContext;
  #wantedCount = 0;
  #bundleCount = 0;
  #inHandBytes = 0;
  #hasRoom: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(stream: Stream, rebuild: RebuildHandle, context: ChunkFeedContext) {
    this.#stream = stream;
    this.#rebuild = rebuild;
    this.#context = context;
  }

  want(kind: WantKind, ids: Uint8Array): void {
    this.#wantedCount += ids.length / LIMITS.idBytes;
    const stepBytes = WANT_IDS * LIMITS.idBytes;
    for (let at = 0; at < ids.length; at += stepBytes) {
      this.#stream
        .send({ t: 'want', kind, ids: ids.subarray(at, at + stepBytes) })
        .catch(this.#context.fail);
    }
  }

  /**
   * Takes over one hold on the record. Resolves when there is room for the next.
   * @throws protocol if it can't have been asked for
   */
  async bundle(record: SharedLease): Promise<void> {
    this.receivedBytes += record.bytes.length;
    // Whatever else rides along, each holds something that was asked for.
    if (++this.#bundleCount > this.#wantedCount) {
      record.release();
      throw new RbError('protocol', 'The hub sent more than it was asked for.');
    }
    const { codec, plainBytes } = decodeBundleHead(record.bytes);
    const room = codec === 'stored' ? null : this.#context.arena.take(plainBytes);
    this.#inHandBytes += plainBytes;
    void this.#check(record, room, plainBytes).catch(this.#context.fail);
    while (this.#inHandBytes > IN_HAND_BYTES) {
      this.#hasRoom = Promise.withResolvers();
      await this.#hasRoom.promise;
    }
  }

  async #check(record: SharedLease, room: SharedLease | null, plainBytes: number): Promise<void> {
    const done = (): void => {
      this.#inHandBytes -= plainBytes;
      this.#hasRoom.resolve();
    };
    try {
      const { plain, chunks } = await verifyBundle(
        this.#context.pool,
        record.range,
        room?.range ?? null,
      );
      if (plain === null) throw new RbError('internal', 'A bundle was checked and not kept.');
      if (room !== null) record.release();
      this.#rebuild.chunks(plain, chunks, () => {
        (room ?? record).release();
        done();
      });
    } catch (error) {
      done();
      // A thread that was given up amid its work may still write there: that memory is nobody's any more.
      if (isRbError(error, 'damaged-chunk')) {
        record.release();
        room?.release();
      }
      throw error;
    }
  }

  lacking(ids: Uint8Array): void {
    this.#rebuild.lacking(ids);
  }
}
