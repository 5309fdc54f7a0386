import { leaseCopy, viewOf } from '../base/shared-arena.ts';
import type { SharedLease, SharedRange } from '../base/shared-arena.ts';
import { RbError } from '../base/errors.ts';
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
 * Plain bytes of bundles that are being checked; no more are taken from the stream then. Twice the largest window, as a
 * bundle may be twice what was wanted of it, so that it stops nobody but a hub that sends what nobody wants.
 */
const IN_HAND_BYTES = 64 * 1024 * 1024;

/**
 * Asks the hub for what a rebuild wants, and hands over what comes: each bundle is checked in a worker first, its
 * checksum and the id of every chunk. Bundles are checked side by side; the rebuild takes them in any order.
 */
export class ChunkFeed {
  /** Bytes of the bundles that came, as they are on the wire. */
  receivedBytes = 0;
  readonly #stream: Stream;
  readonly #rebuild: RebuildHandle;
  readonly #pool: WorkerPool;
  readonly #fail: (error: unknown) => void;
  #wantedCount = 0;
  #bundleCount = 0;
  #inHandBytes = 0;
  #hasRoom: PromiseWithResolvers<void> = Promise.withResolvers();

  /** @param fail called once a bundle is damaged or can't be checked; the transfer is over then */
  constructor(
    stream: Stream,
    rebuild: RebuildHandle,
    pool: WorkerPool,
    fail: (error: unknown) => void,
  ) {
    this.#stream = stream;
    this.#rebuild = rebuild;
    this.#pool = pool;
    this.#fail = fail;
  }

  want(kind: WantKind, ids: Uint8Array): void {
    this.#wantedCount += ids.length / LIMITS.idBytes;
    const stepBytes = WANT_IDS * LIMITS.idBytes;
    for (let at = 0; at < ids.length; at += stepBytes) {
      this.#stream
        .send({ t: 'want', kind, ids: ids.subarray(at, at + stepBytes) })
        .catch(this.#fail);
    }
  }

  /**
   * Resolves when there is room for the next.
   * @throws protocol if it can't have been asked for
   */
  async bundle(record: SharedLease): Promise<void> {
    this.receivedBytes += record.bytes.length;
    // Whatever else rides along, each holds something that was asked for.
    if (++this.#bundleCount > this.#wantedCount) {
      throw new RbError('protocol', 'The hub sent more than it was asked for.');
    }
    const { plainBytes } = decodeBundleHead(record.bytes);
    this.#inHandBytes += plainBytes;
    void this.#check(record)
      .catch(this.#fail)
      .finally(() => {
        this.#inHandBytes -= plainBytes;
        this.#hasRoom.resolve();
      });
    while (this.#inHandBytes > IN_HAND_BYTES) {
      this.#hasRoom = Promise.withResolvers();
      await this.#hasRoom.promise;
    }
  }

  async #check(record: SharedLease): Promise<void> {
    const { codec, plainBytes } = decodeBundleHead(record.bytes);
    const room = codec === 'stored' ? null : leaseCopy(new Uint8Array(plainBytes)).range;
    try {
      const { plain, chunks } = await verifyBundle(this.#pool, record.range, room);
      // Asked for, so it is there.
      const bytes = viewOf(plain as SharedRange).slice();
      this.#rebuild.chunks(
        bytes.buffer as unknown as ArrayBuffer,
        chunks.ids,
        chunks.offsets,
        chunks.lengths,
      );
    } finally {
      record.release();
    }
  }

  free(_arena: ArrayBuffer): void {}

  lacking(ids: Uint8Array): void {
    this.#rebuild.lacking(ids);
  }
}
