import type { RbError } from '../base/errors.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import type { Bundle, BundleChunk, ChunkKind } from '../model/bundle.ts';

declare const placeBrand: unique symbol;

/**
 * Which record holds a chunk. Opaque, but a number: chunks of one record have equal places, so wants can be
 * grouped in a `Map`. Valid until the vault is closed, in this process only; never stored or sent.
 */
export type Place = number & { readonly [placeBrand]: true };

export type VaultStats = {
  readonly packs: number;
  readonly records: number;
  /** Different chunks that can be found. */
  readonly chunks: number;
  /** Records that hold one of these. */
  readonly snapshots: number;
  /** Bytes of all records. */
  readonly storedBytes: number;
  /** Bytes of their chunks before compression. */
  readonly plainBytes: number;
};

/** A record as its head and table describe it; its body was not looked at. */
export type VaultRecord = {
  readonly place: Place;
  readonly kind: ChunkKind;
  readonly recordBytes: number;
  /** In the order of the plain bytes. */
  readonly chunks: readonly BundleChunk[];
};

/** Where a record lies, in words that stay the same when the vault is opened again. */
export type RecordAt = {
  /** The container's name; those of closed packs stay what they are. */
  readonly pack: string;
  readonly offset: number;
};

/** One finding of {@link Vault.inspect}. */
export type Inspection = {
  /** For people: which pack, and where in it. Safe to print. */
  readonly where: string;
  /** The record if its stored bytes are as they were written, else null. Valid until the next step. */
  readonly record: Uint8Array | null;
  /** Where the record is, or bytes that are none any more; null where the container itself is wrong (its name). */
  readonly place: Place | null;
  /** The same for {@link Vault.inspect} to go on behind it. */
  readonly at: RecordAt;
  /** Null for a record that is right. */
  readonly problem: RbError | null;
  /** Bytes of records looked at so far, as {@link VaultStats.storedBytes} counts them. */
  readonly doneBytes: number;
};

/**
 * Where the hub keeps bundle records, append-only. One process has it open at a time. The calls of one process
 * may be made in any order and at the same time.
 *
 * Records are never changed. What is in the vault is checked by its checksum on every read; ids are the
 * business of who appends (it has verified them) and of who receives.
 */
export interface Vault {
  /** Whether the chunk is in a record that was written and is not known to be damaged. Costs about a microsecond. */
  has(id: Uint8Array): boolean;

  /** Where the chunk is, or undefined exactly if {@link has} is false. */
  find(id: Uint8Array): Place | undefined;

  /**
   * Adds a record. When it resolves, `has`, `find` and `read` see its chunks (not before), but a power cut may
   * still take it away: it is durable once a {@link sync} that was called after that has resolved. When it
   * rejects, nothing of the record is there, and the vault goes on working. Records are written in the order of
   * the calls; calling again before the last one resolved is expected. A record all of whose chunks are there
   * already is not written again.
   *
   * What waits to be written is held in memory: the caller bounds it by awaiting.
   *
   * @param record whole, verified by the caller; not to be changed, and a lease to be held by the caller until this has
   *   settled: a vault that keeps the bytes in memory retains it
   * @param bundle the same record decoded
   * @throws RbError `disk-full`, `dir-unwritable`: the next one may do better when the cause is gone
   */
  append(record: SharedLease | Uint8Array, bundle: Bundle): Promise<void>;

  /**
   * The whole record at a place, its checksum checked. Several calls for one place share the work.
   *
   * @returns a hold of the caller's, to be released; others may hold the same: not to be changed
   * @throws RbError `damaged-chunk` when the bytes aren't what was written: call {@link forget} then and `find`
   *   again, for there may be another copy; `missing-chunk` when the pack is gone or can't be read
   */
  read(place: Place): Promise<SharedLease>;

  /**
   * As {@link read}, but from where it is kept: what is in memory is let go, and a container that was opened before is looked up
   * by its name.
   */
  reread(place: Place): Promise<SharedLease>;

  /**
   * When it resolves, everything whose append had resolved before the call survives a power cut. Calls at
   * the same time share one round of fsyncs; with nothing new it costs nothing.
   *
   * @throws RbError `disk-full`, `dir-unwritable`; then everything that no sync has confirmed is gone, because nobody
   *   can say what of it is on the disk: {@link has} is false for it, {@link losses} has grown, and the vault goes on
   */
  sync(): Promise<void>;

  /**
   * How often appended records were lost because a sync failed, whoever had called it. Who relied on records that
   * were not yet synced compares it before and after: if it has grown they may be gone, even if a later sync resolves.
   */
  readonly losses: number;

  /**
   * Drops the chunks of a damaged or vanished record: `has` is false at once, unless there is another copy, so
   * that the next run sends them again, and {@link inspect} tells of it no more. It holds over restarts when it
   * resolves. For a place that was forgotten before it does nothing.
   */
  forget(place: Place): Promise<void>;

  stats(): VaultStats;

  /**
   * All records, or those of one kind, as they were when the walk began, in no order that is promised. Forgotten
   * ones are left out. Only heads and tables are read.
   */
  records(kind?: ChunkKind): AsyncIterable<VaultRecord>;

  /**
   * Reads everything that is kept, record by record in the order of the disk, and checks the checksums and the
   * container: for `rbbackupd check`. It changes nothing; forgetting is up to the caller. Runs of backups
   * may go on meanwhile; what they append is not looked at. Containers come in the order of their names, so that it can be
   * broken off and gone on with another day.
   *
   * @param after leaves out what lies before it and there, but counts it as done
   */
  inspect(after?: RecordAt): AsyncGenerator<Inspection, void, void>;

  /** Syncs and lets go of everything; calling again does nothing. Reads under way are waited for. */
  close(): Promise<void>;
}
