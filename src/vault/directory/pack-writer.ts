import { RbError, toRbError } from '../../base/errors.ts';
import { reasonOf } from '../../base/system-reason.ts';
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
  /** What was written to a pack from there on is lost, and nothing more comes into it. */
  readonly onLost: (pack: Pack, fromOffset: number) => void;
  readonly onProblem: (message: string) => void;
};

/**
 * Writes records in order into one pack after another. While a full pack is being synced and named, the
 * next one is written already, but not two.
 *
 * After a sync that failed nobody knows what of the unsynced is on the disk: the system may have dropped it, and says so
 * only once. So all of it is given up, the pack is written no more, and what comes next goes into a new one.
 */
export class PackWriter {
  readonly #options: PackWriterOptions;
  readonly #queue: Waiting[] = [];
  #open: OpenPack | null;
  #pumping: Promise<void> | null = null;
  #closing: Promise<void> = Promise.resolve();
  #nextSync: Promise<void> | null = null;
  #currentSync: Promise<void> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();
  readonly #givingUp = new WeakMap<OpenPack, Promise<void>>();
  #losses = 0;
  #lastLoss: RbError | null = null;

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

  /** How often something written was lost because a sync failed. */
  get losses(): number {
    return this.#losses;
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
    const losses = this.#losses;
    await current.catch(() => undefined);
    this.#currentSync = this.#nextSync ?? Promise.resolve();
    this.#nextSync = null;
    // When one pack is closed the next may be full, and its closing has begun by then: that is to be waited for as well.
    for (let closing: Promise<void> | null = null; closing !== this.#closing;) {
      closing = this.#closing;
      await closing;
    }
    const open = this.#open;
    if (open !== null && !open.isSynced) await this.#syncPack(open);
    if (this.#lastLoss !== null && this.#losses !== losses) throw this.#lastLoss;
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      if (batch.length === 0) {
        await this.#rotate();
      } else {
        this.#writing = this.#write(batch);
        await this.#writing;
      }
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
    let error: RbError | null = null;
    try {
      const { folder, newPackNumber, openFile, onWritten } = this.#options;
      const open = (this.#open ??= await OpenPack.create(folder, newPackNumber(), openFile));
      const offsets = await open.write(batch);
      for (const [i, { record, bundle }] of batch.entries())
        onWritten(open.pack, offsets[i] as number, record, bundle);
    } catch (cause) {
      error = writeError(cause);
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
    try {
      await this.#syncPack(full);
      await full.giveName(this.#options.folder);
      await this.#options.onClosed(full.pack);
    } catch (error) {
      // What of it is synced is safe under the name it has; the next start tries again.
      this.#options.onProblem(
        `A full pack could not be given its name: ${toRbError(error).message}`,
      );
    }
    await full.close().catch(() => undefined);
  }

  async #syncPack(open: OpenPack): Promise<void> {
    try {
      await open.sync();
    } catch (cause) {
      const error = syncError(cause);
      const givingUp = this.#givingUp.get(open) ?? this.#giveUp(open, error);
      this.#givingUp.set(open, givingUp);
      await givingUp;
      throw error;
    }
  }

  async #giveUp(open: OpenPack, error: RbError): Promise<void> {
    if (this.#open === open) this.#open = null;
    // What is being written to it comes too late to be saved.
    await this.#writing;
    this.#losses++;
    this.#lastLoss = error;
    this.#options.onLost(open.pack, open.syncedBytes);
    await open.dropUnsynced();
    await open.close().catch(() => undefined);
    this.#options.onProblem(error.message);
  }
}

function writeError(cause: unknown): RbError {
  const { code } = toRbError(cause, 'dir-unwritable');
  const message =
    code === 'disk-full'
      ? "There is no space left on the hub's disk; free some and run the backup again."
      : `The vault's folder at the hub could not be written: ${reasonOf(cause)}. When that is put right, run the backup again.`;
  return new RbError(code, message, { cause, retry: true });
}

function syncError(cause: unknown): RbError {
  const { code } = toRbError(cause, 'dir-unwritable');
  const reason = code === 'disk-full' ? 'there is no space left on it' : reasonOf(cause);
  const message = `The hub's disk did not confirm what was written: ${reason}. When that is put right, run the backup again.`;
  return new RbError(code, message, { cause, retry: true });
}
