import { escapeName } from '../base/names.ts';
import type { Clock } from '../base/clock.ts';
import { joinPath } from '../model/path.ts';
import type { ChunkSender } from './chunk-sender.ts';
import type { Outlet } from './outlet.ts';
import type { SkipCode } from './protocol.ts';
import type { TreeWriter } from './tree-writer.ts';

const PROGRESS_MS = 100;
/** What was read is not held back longer than this: destinations wait for it. */
const HELD_BACK_MS = 500;
/** Entries between two looks at the clock; a power of two. */
const LOOK_EVERY = 64;
const MOST_PATHS = 1000;

/** Says what becomes of a scan: progress, lists of files, what was skipped. */
export class ScanReport {
  changed = 0;
  deleted = 0;
  skipped = 0;
  readonly #outlet: Outlet;
  readonly #clock: Clock;
  readonly #writer: TreeWriter;
  readonly #sender: ChunkSender;
  readonly #listFiles: boolean;
  #looks = 0;
  #progressMs: number;
  #flushedMs: number;
  #paths: Uint8Array[] = [];
  #deletedPaths: Uint8Array[] = [];

  constructor(
    outlet: Outlet,
    clock: Clock,
    writer: TreeWriter,
    sender: ChunkSender,
    listFiles: boolean,
  ) {
    this.#outlet = outlet;
    this.#clock = clock;
    this.#writer = writer;
    this.#sender = sender;
    this.#listFiles = listFiles;
    this.#progressMs = clock.monotonicMs();
    this.#flushedMs = this.#progressMs;
  }

  /** To be called for each name in a folder. @throws RbError interrupted */
  tick(folder: Uint8Array, name: Uint8Array): void {
    if ((++this.#looks & (LOOK_EVERY - 1)) === 0) this.#look(joinPath(folder, name), 0, 0);
  }

  /** To be called for each chunk of a large file. @throws RbError interrupted */
  reading(path: Uint8Array, fileBytes: number, fileTotal: number): void {
    this.#look(path, fileBytes, fileTotal);
  }

  /** A file, link or FIFO that is new or not as before. */
  addChanged(path: Uint8Array): void {
    this.changed++;
    if (!this.#listFiles) return;
    this.#paths.push(path);
    if (this.#paths.length >= MOST_PATHS) this.#sendPaths();
  }

  /** An entry of the last state that is left out. */
  addDeleted(path: Uint8Array): void {
    this.deleted++;
    if (!this.#listFiles) return;
    this.#deletedPaths.push(path);
    if (this.#deletedPaths.length >= MOST_PATHS) this.#sendPaths();
  }

  /** @param why ends a sentence that begins with the path */
  skip(path: Uint8Array, code: SkipCode, why: string): void {
    this.skipped++;
    const message = `'${escapeName(path)}' ${why}.`;
    this.#outlet.emit({ t: 'skipped', path: Uint8Array.from(path), code, message });
  }

  /** Sends what is left of the lists. */
  finish(): void {
    this.#sendPaths();
  }

  #look(path: Uint8Array, fileBytes: number, fileTotal: number): void {
    this.#outlet.checkStop();
    const now = this.#clock.monotonicMs();
    if (now - this.#progressMs < PROGRESS_MS) return;
    this.#progressMs = now;
    this.#sendPaths();
    const { bytes, files, dirs } = this.#writer;
    const file = Uint8Array.from(path);
    const done = bytes + fileBytes;
    this.#outlet.emit({ t: 'progress', file, fileBytes, fileTotal, bytes: done, files, dirs });
    if (now - this.#flushedMs < HELD_BACK_MS) return;
    this.#flushedMs = now;
    this.#sender.flush();
  }

  #sendPaths(): void {
    if (this.#paths.length + this.#deletedPaths.length === 0) return;
    // Views on pages would take the whole page along.
    const paths = this.#paths.map((path) => Uint8Array.from(path));
    const deleted = this.#deletedPaths.map((path) => Uint8Array.from(path));
    this.#outlet.emit({ t: 'files', paths, deleted });
    this.#paths = [];
    this.#deletedPaths = [];
  }
}
