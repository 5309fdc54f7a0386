import type { FileLock } from '../../base/durable-lock.ts';
import { RbError } from '../../base/errors.ts';
import { SharedArena, SharedLease, leaseCopy } from '../../base/shared-arena.ts';
import { checkBundle } from '../../model/bundle.ts';
import type { Bundle, BundleHead, ChunkKind } from '../../model/bundle.ts';
import { ChunkIndex, U32_SPAN, offsetOf, packOf, placeOf } from '../chunk-index.ts';
import { RecordCache } from '../record-cache.ts';
import type { Inspection, Place, RecordAt, Vault, VaultRecord, VaultStats } from '../vault.ts';
import type { ForgottenList } from './forgotten-list.ts';
import { inspectPack } from './inspect-pack.ts';
import { findPacks, loadClosedPack, loadOpenPack } from './load-packs.ts';
import type { LoadedPack, PackFile } from './load-packs.ts';
import { openFile, OpenPack } from './open-pack.ts';
import type { OpenFile } from './open-pack.ts';
import { PACK_BYTES, idAt } from './pack-format.ts';
import { PackReader } from './pack-reader.ts';
import { PackWriter } from './pack-writer.ts';
import { Pack } from './pack.ts';
import { recordsOf } from './records-of.ts';

export type DirectoryVaultOptions = {
  /** The hub's DIR: packs go to DIR/packs, the lock is DIR/lock.db. Made if missing. */
  readonly directory: string;
  /** Most bytes of records kept in memory; those on their way to the disk come on top. */
  readonly cacheBytes?: number;
  /** Where records lie that are read. Default: one of its own. */
  readonly arena?: SharedArena;
  /** A pack is closed before it grows beyond this; less than the format's only in tests. */
  readonly packBytes?: number;
  /** Told sentences for the log: a torn end was cut off, a pack is damaged. */
  readonly onProblem?: (message: string) => void;
  /** Opens files; put in by tests. */
  readonly openFile?: OpenFile;
};

const DEFAULT_CACHE_BYTES = 16 * 1024 * 1024;
/** Room for records on their way out beside the cache; more lie in memory of their own. */
const READING_BYTES = 24 * 1024 * 1024;

/** One read for all who ask for the same place at the same time. */
type Reading = { readers: number; readonly record: Promise<SharedLease> };

/** Made by {@link openDirectoryVault} of open-directory-vault.ts alone, which holds the lock. */
export class DirectoryVault implements Vault {
  readonly #folder: string;
  readonly #packBytes: number;
  readonly #openFile: OpenFile;
  readonly #onProblem: (message: string) => void;
  readonly #lock: FileLock;
  readonly #forgotten: ForgottenList;
  readonly #index = new ChunkIndex();
  readonly #arena: SharedArena;
  readonly #cache: RecordCache;
  readonly #reader: PackReader;
  readonly #packs: Pack[] = [];
  readonly #reading = new Map<Place, Reading>();
  #writer: PackWriter | null = null;
  #records = 0;
  #snapshots = 0;
  #storedBytes = 0;
  #plainBytes = 0;

  constructor(
    folder: string,
    options: DirectoryVaultOptions,
    lock: FileLock,
    forgotten: ForgottenList,
  ) {
    this.#folder = folder;
    this.#packBytes = Math.min(options.packBytes ?? PACK_BYTES, PACK_BYTES);
    this.#openFile = options.openFile ?? openFile;
    this.#onProblem = options.onProblem ?? ((): void => undefined);
    this.#lock = lock;
    this.#forgotten = forgotten;
    const cacheBytes = options.cacheBytes ?? DEFAULT_CACHE_BYTES;
    this.#cache = new RecordCache(cacheBytes);
    this.#arena = options.arena ?? new SharedArena(cacheBytes + READING_BYTES);
    this.#reader = new PackReader(this.#openFile);
  }

  /** Called once, before anything else. */
  async load(): Promise<void> {
    const { open, closed } = await findPacks(this.#folder);
    let resumed: OpenPack | null = null;
    // Newest first: of two copies of a chunk the newer one is found, which may be there because the other is bad.
    for (const file of open) resumed = (await this.#loadOpen(file, resumed === null)) ?? resumed;
    for (const file of closed) this.#addLoaded(await loadClosedPack(file, this.#onProblem));
    this.#writer = new PackWriter(
      {
        folder: this.#folder,
        packBytes: this.#packBytes,
        openFile: this.#openFile,
        onWritten: (pack, offset, record, bundle) => this.#onWritten(pack, offset, record, bundle),
        newPackNumber: () => this.#packs.length,
        onClosed: (pack) => this.#forgotten.add(pack.name, pack.forgottenOffsets),
        onLost: (pack, fromOffset) => this.#onLost(pack, fromOffset),
        onProblem: this.#onProblem,
      },
      resumed,
    );
  }

  has(id: Uint8Array): boolean {
    return this.#index.has(id);
  }

  find(id: Uint8Array): Place | undefined {
    return this.#index.find(id);
  }

  async append(record: SharedLease | Uint8Array, bundle: Bundle): Promise<void> {
    if (bundle.chunks.every(({ id }) => this.#index.has(id))) return;
    if (record instanceof SharedLease) return this.#writing().append(record, bundle);
    const lease = leaseCopy(record, this.#arena);
    try {
      await this.#writing().append(lease, bundle);
    } finally {
      lease.release();
    }
  }

  async read(place: Place): Promise<SharedLease> {
    const cached = this.#cache.get(place);
    if (cached !== undefined) return cached;
    const underWay = this.#reading.get(place);
    if (underWay !== undefined) {
      underWay.readers++;
      return underWay.record;
    }
    this.#writing();
    const reading: Reading = {
      readers: 1,
      record: this.#readFromPack(place, () => reading.readers),
    };
    this.#reading.set(place, reading);
    return reading.record;
  }

  async reread(place: Place): Promise<SharedLease> {
    const pack = this.#packs[packOf(place)];
    if (pack !== undefined) await this.#reader.letGo(pack);
    this.#cache.delete(place);
    return await this.read(place);
  }

  async sync(): Promise<void> {
    await this.#writing().sync();
  }

  get losses(): number {
    return this.#writer?.losses ?? 0;
  }

  async forget(place: Place): Promise<void> {
    const pack = this.#packs[packOf(place)];
    const offset = offsetOf(place);
    const at = pack?.indexOf(offset) ?? -1;
    if (pack === undefined || pack.isForgotten(offset)) return;
    pack.forget(offset);
    // Where no record could be read when the pack was opened there is nothing but the offset.
    if (at !== -1) {
      this.#cache.delete(place);
      this.#index.removePlace(place);
      this.#records--;
      if (pack.kindAt(at) === 'snapshot') this.#snapshots--;
      this.#storedBytes -= pack.lengthAt(at);
      this.#plainBytes -= pack.plainBytesAt(at);
    }
    await this.#forgotten.add(pack.name, [offset]);
  }

  stats(): VaultStats {
    return {
      packs: this.#packs.length,
      records: this.#records,
      snapshots: this.#snapshots,
      chunks: this.#index.chunks,
      storedBytes: this.#storedBytes,
      plainBytes: this.#plainBytes,
    };
  }

  async *records(kind?: ChunkKind): AsyncGenerator<VaultRecord, void, void> {
    for (const pack of this.#packs.slice()) yield* recordsOf(pack, this.#reader, kind);
  }

  async *inspect(after?: RecordAt): AsyncGenerator<Inspection, void, void> {
    let doneBytes = 0;
    for (const pack of this.#packs.toSorted(byName)) {
      if (after === undefined || pack.name >= after.pack) {
        const from = pack.name === after?.pack ? after.offset + 1 : 0;
        yield* inspectPack(pack, this.#reader, doneBytes, from);
      }
      doneBytes += pack.heldBytes;
    }
  }

  async close(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    if (writer === null) return;
    try {
      await Promise.allSettled([...this.#reading.values()].map(({ record }) => record));
      await writer.close();
    } finally {
      await this.#reader.close();
      this.#lock.release();
    }
  }

  #writing(): PackWriter {
    if (this.#writer === null) throw new RbError('interrupted', 'The vault is closed.');
    return this.#writer;
  }

  /** @param readers - how many holds are wanted once the record is here */
  async #readFromPack(place: Place, readers: () => number): Promise<SharedLease> {
    let lease: SharedLease | null = null;
    try {
      const pack = this.#packs[packOf(place)];
      const at = pack?.indexOf(offsetOf(place)) ?? -1;
      if (pack === undefined || at === -1)
        throw new RbError('missing-chunk', 'There is no record at this place.');
      lease = this.#arena.take(pack.lengthAt(at));
      await this.#reader.readInto(lease.bytes, pack, offsetOf(place));
      checkBundle(lease.bytes);
      this.#cache.set(place, lease);
      for (let holds = 1; holds < readers(); holds++) lease.retain();
      return lease;
    } catch (error) {
      lease?.release();
      throw error;
    } finally {
      this.#reading.delete(place);
    }
  }

  /** The newest pack that was being written is written on; any other is only read, and named when that is due. */
  async #loadOpen(file: PackFile, isNewest: boolean): Promise<OpenPack | null> {
    const loaded = await loadOpenPack(file, this.#onProblem, this.#openFile);
    if (loaded === null) return null;
    const pack = this.#addLoaded(loaded);
    if (!loaded.isRead) return null;
    const open = await OpenPack.resume(pack, loaded.records, this.#openFile);
    if (isNewest) return open;
    await open.giveName(this.#folder);
    await this.#forgotten.add(pack.name, pack.forgottenOffsets);
    await open.close();
    return null;
  }

  #addLoaded(loaded: LoadedPack): Pack {
    const pack = new Pack(this.#packs.length, loaded.path);
    this.#packs.push(pack);
    for (const offset of this.#forgotten.offsetsIn(loaded.name)) pack.forget(offset);
    for (const { offset, table, head } of loaded.records) {
      pack.add(offset, head);
      if (pack.isForgotten(offset)) continue;
      const place = placeOf(pack.number, offset);
      for (let i = 0; i < head.chunkCount; i++) this.#index.add(table, place, idAt(i));
      this.#countRecord(head);
    }
    return pack;
  }

  #onWritten(pack: Pack, offset: number, record: SharedLease, bundle: Bundle): void {
    if (pack.number === this.#packs.length) this.#packs.push(pack);
    const place = placeOf(pack.number, offset);
    for (const { id } of bundle.chunks) this.#index.add(id, place);
    this.#countRecord(bundle.head);
    this.#cache.set(place, record);
  }

  #onLost(pack: Pack, fromOffset: number): void {
    this.#index.removeBetween(pack.number, fromOffset, U32_SPAN);
    while (pack.count > 0 && pack.offsetAt(pack.count - 1) >= fromOffset) {
      const at = pack.count - 1;
      const [storedBytes, plainBytes] = [pack.lengthAt(at), pack.plainBytesAt(at)];
      const offset = pack.dropLast();
      this.#cache.delete(placeOf(pack.number, offset));
      if (pack.isForgotten(offset)) continue;
      this.#records--;
      this.#storedBytes -= storedBytes;
      this.#plainBytes -= plainBytes;
    }
  }

  #countRecord({ recordBytes, plainBytes, kind }: BundleHead): void {
    this.#records++;
    if (kind === 'snapshot') this.#snapshots++;
    this.#storedBytes += recordBytes;
    this.#plainBytes += plainBytes;
  }
}

function byName(a: Pack, b: Pack): number {
  return a.name < b.name ? -1 : 1;
}
