import { RbError } from '../../base/errors.ts';
import { SharedLease, leaseCopy } from '../../base/shared-arena.ts';
import { checkBundle, decodeBundle } from '../../model/bundle.ts';
import type { Bundle, ChunkKind } from '../../model/bundle.ts';
import { ChunkIndex, placeOf } from '../chunk-index.ts';
import type { Inspection, Place, RecordAt, Vault, VaultRecord, VaultStats } from '../vault.ts';

type Kept = { readonly record: SharedLease; readonly bundle: Bundle };

/** A vault that lives as long as its process, for tests and for hubs that are only to pass on. */
export class MemoryVault implements Vault {
  readonly losses = 0;
  readonly #kept = new Map<Place, Kept>();
  readonly #index = new ChunkIndex();
  #next = 0;
  #isClosed = false;

  has(id: Uint8Array): boolean {
    return this.#index.has(id);
  }

  find(id: Uint8Array): Place | undefined {
    return this.#index.find(id);
  }

  async append(record: SharedLease | Uint8Array, bundle: Bundle): Promise<void> {
    this.#checkOpen();
    if (bundle.chunks.every(({ id }) => this.#index.has(id))) return;
    const place = placeOf(0, this.#next++);
    const kept = leaseCopy(record instanceof SharedLease ? record.bytes : record);
    this.#kept.set(place, { record: kept, bundle: decodeBundle(kept.bytes) });
    for (const { id } of bundle.chunks) this.#index.add(id, place);
  }

  async read(place: Place): Promise<SharedLease> {
    this.#checkOpen();
    const kept = this.#kept.get(place);
    if (kept === undefined) throw new RbError('missing-chunk', 'There is no record at this place.');
    checkBundle(kept.record.bytes);
    return kept.record.retain();
  }

  async reread(place: Place): Promise<SharedLease> {
    return await this.read(place);
  }

  async sync(): Promise<void> {
    this.#checkOpen();
  }

  async forget(place: Place): Promise<void> {
    if (this.#kept.delete(place)) this.#index.removePlace(place);
  }

  stats(): VaultStats {
    let storedBytes = 0;
    let plainBytes = 0;
    let snapshots = 0;
    for (const { bundle } of this.#kept.values()) {
      storedBytes += bundle.head.recordBytes;
      plainBytes += bundle.head.plainBytes;
      if (bundle.head.kind === 'snapshot') snapshots++;
    }
    return {
      packs: 0,
      records: this.#kept.size,
      snapshots,
      chunks: this.#index.chunks,
      storedBytes,
      plainBytes,
    };
  }

  async *records(kind?: ChunkKind): AsyncGenerator<VaultRecord, void, void> {
    for (const [place, { bundle }] of new Map(this.#kept)) {
      const { head, chunks } = bundle;
      if (kind !== undefined && head.kind !== kind) continue;
      yield { place, kind: head.kind, recordBytes: head.recordBytes, chunks };
    }
  }

  async *inspect(after?: RecordAt): AsyncGenerator<Inspection, void, void> {
    let doneBytes = 0;
    for (const [place, kept] of new Map(this.#kept)) {
      const record: Uint8Array = kept.record.bytes;
      doneBytes += record.length;
      if (after !== undefined && place <= after.offset) continue;
      const problem = problemOf(record);
      yield {
        where: `memory at ${place}`,
        record: problem === null ? record : null,
        place,
        at: { pack: 'memory', offset: place },
        problem,
        doneBytes,
      };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new RbError('interrupted', 'The vault is closed.');
  }
}

function problemOf(record: Uint8Array): RbError | null {
  try {
    checkBundle(record);
    decodeBundle(record);
    return null;
  } catch (error) {
    if (error instanceof RbError) return error;
    throw error;
  }
}
