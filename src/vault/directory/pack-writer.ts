import { RbError, toRbError } from '../../base/errors.ts';
import type { SharedLease } from '../../base/shared-arena.ts';
import type { Bundle } from '../../model/bundle.ts';
import { OpenPack } from './open-pack.ts';
import type { OpenFile } from './open-pack.ts';
import type { Pack } from './pack.ts';

/** One call of the system writes at most this much, or this many records (IOV_MAX is 1024). */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_RECORDS = 512;

type Waiting = {
  readonly record: SharedLease;
  readonly bundle: Bundle;
  readonly done: (error: RbError | null) => void;
};

export type PackWriterOptions = {
  /** The folder `packs`. */
  readonly folder: string;
  readonly packBytes: number;
  readonly openFile: OpenFile;
  /** Called before `append` resolves. */
  readonly onWritten: (pack: Pack, offset: number, record: SharedLease, bundle: Bundle) => void;
  /** A number for a pack that begins. */
  readonly newPackNumber: () => number;
  /** A pack has its final name. */
  readonly onClosed: (pack: Pack) => Promise<void>;
  readonly onProblem: (message: string) => void;
};

/**
 * Writes records in order into one pack after another. While a full pack is being synced and named, the
 * next one is written already, but not two.
 */
export class PackWriter {
  readonly #options: PackWriterOptions;
  readonly #queue: Waiting[] = [];
  #open: OpenPack | null;
  #pumping: Promise<void> | null = null;
  #closing: Promise<void> = Promise.resolve();
  #nextSync: Promise<void> | null = null;
  #currentSync: Promise<void> = Promise.resolve();
  /** Set when a sync failed: from then on nobody knows what of the unsynced is on the disk. */
  #failure: RbError | null = null;

  constructor(options: PackWriterOptions, resumed: OpenPack | null) {
    this.#options = options;
    this.#open = resumed;
  }

  /** The caller holds the record until this has settled. */
  async append(record: SharedLease, bundle: Bundle): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const done = (error: RbError | null): void => (error === null ? resolve() : reject(error));
      this.#queue.push({ record, bundle, done });
      this.#pumping ??= this.#pump();
    });
  }

  /** Callers that come while one round of syncing is under way share the next one. */
  async sync(): Promise<void> {
    if (this.#nextSync === null) {
      const next = this.#syncAfter(this.#currentSync);
      this.#nextSync = next;
    }
    await this.#nextSync;
  }

  /** Writes what waits, syncs, and closes the file. The open pack stays open for the next time. */
  async close(): Promise<void> {
    while (this.#pumping !== null) await this.#pumping;
    try {
      await this.sync();
    } finally {
      await this.#open?.close();
      this.#open = null;
    }
  }

  async #syncAfter(current: Promise<void>): Promise<void> {
    await current.catch(() => undefined);
    this.#currentSync = this.#nextSync ?? Promise.resolve();
    this.#nextSync = null;
    await this.#closing;
    this.#checkFailure();
    const open = this.#open;
    if (open === null || open.isSynced) return;
    await this.#guarded(open, () => open.sync());
    // It may have been full and closed meanwhile; then the same failure was met there.
    this.#checkFailure();
  }

  #checkFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      if (batch.length === 0) await this.#rotate();
      else await this.#write(batch);
    }
    this.#pumping = null;
  }

  /** What fits into the open pack; nothing if it has to be closed first. */
  #takeBatch(): Waiting[] {
    let packBytes = this.#open?.bytes ?? 0;
    let isFresh = this.#open === null || this.#open.pack.count === 0;
    let bytes = 0;
    const batch: Waiting[] = [];
    for (const waiting of this.#queue) {
      const { length } = waiting.record.bytes;
      const fits = isFresh || packBytes + length <= this.#options.packBytes;
      if (
        !fits ||
        batch.length === BATCH_RECORDS ||
        (batch.length > 0 && bytes + length > BATCH_BYTES)
      )
        break;
      batch.push(waiting);
      bytes += length;
      packBytes += length;
      isFresh = false;
    }
    this.#queue.splice(0, batch.length);
    return batch;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    let error: RbError | null = this.#failure;
    if (error === null) {
      try {
        const { folder, newPackNumber, openFile, onWritten } = this.#options;
        this.#open ??= await OpenPack.create(folder, newPackNumber(), openFile);
        const { pack } = this.#open;
        const offsets = await this.#open.write(batch);
        for (const [i, { record, bundle }] of batch.entries())
          onWritten(pack, offsets[i] as number, record, bundle);
      } catch (cause) {
        error = writeError(cause);
      }
    }
    for (const { done } of batch) done(error);
  }

  async #rotate(): Promise<void> {
    await this.#closing;
    const full = this.#open;
    this.#open = null;
    if (full !== null) this.#closing = this.#finish(full);
  }

  async #finish(full: OpenPack): Promise<void> {
    await this.#guarded(full, () => full.sync());
    if (this.#failure === null) {
      try {
        await full.giveName(this.#options.folder);
        await this.#options.onClosed(full.pack);
      } catch (error) {
        // Everything in it is safe under the name it has; the next start tries again.
        this.#options.onProblem(
          `A full pack could not be given its name: ${toRbError(error).message}`,
        );
      }
    }
    await full.close().catch(() => undefined);
  }

  async #guarded(open: OpenPack, sync: () => Promise<void>): Promise<void> {
    if (this.#failure !== null) return;
    try {
      await sync();
    } catch (error) {
      this.#failure ??= syncError(error);
      await open.dropUnsynced();
    }
  }
}

function writeError(cause: unknown): RbError {
  const { code } = toRbError(cause, 'dir-unwritable');
  const isFull = code === 'disk-full';
  const message = isFull
    ? "There is no space left on the hub's disk; free some and run the backup again."
    : "The vault's folder could not be written; check that it may be written and that its disk is well.";
  return new RbError(code, message, { cause, retry: isFull });
}

function syncError(cause: unknown): RbError {
  const message =
    "The vault's disk did not confirm what was written; check the disk, then start the hub again.";
  return new RbError(toRbError(cause, 'dir-unwritable').code, message, { cause });
}
