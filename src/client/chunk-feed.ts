import { LIMITS } from '../model/limits.ts';
import { verifyBundle } from '../chunk/bundles.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import type { RebuildHandle } from '../rebuild/rebuilder.ts';
import type { WantKind } from '../rebuild/protocol.ts';
import type { Stream } from '../transport/transport.ts';

/** Most ids of one want message (docs/spec/wire.md). */
const WANT_IDS = 1024;

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
    const stepBytes = WANT_IDS * LIMITS.idBytes;
    for (let at = 0; at < ids.length; at += stepBytes) {
      this.#stream
        .send({ t: 'want', kind, ids: ids.subarray(at, at + stepBytes) })
        .catch(this.#fail);
    }
  }

  bundle(record: Uint8Array): void {
    this.receivedBytes += record.length;
    verifyBundle(this.#pool, record, true)
      .then(({ plain, chunks }) => {
        // Asked for, so it is there; it may share its buffer with the record.
        const bytes = plain as Uint8Array<ArrayBuffer>;
        const offsets = chunks.offsets.map((offset) => offset + bytes.byteOffset);
        this.#rebuild.chunks(bytes.buffer, chunks.ids, offsets, chunks.lengths);
      })
      .catch(this.#fail);
  }

  lacking(ids: Uint8Array): void {
    this.#rebuild.lacking(ids);
  }
}
