import type { Clock } from '../base/clock.ts';
import type { Entry } from '../model/entry.ts';
import type { RebuildEvent, RebuildPhase } from './protocol.ts';

const LEAST_PAUSE_MS = 250;
const MOST_LISTED_AT_ONCE = 256;

/** A file that is being put together. */
type Doing = { readonly doneBytes: number };

/** Tells the client how far it is, not too often. */
export class Report {
  readonly #send: (event: RebuildEvent) => void;
  readonly #clock: Clock;
  readonly #totals: { readonly total: number; readonly filesTotal: number };
  readonly #listFiles: boolean;
  #lastMs = Number.NEGATIVE_INFINITY;
  #placed: Uint8Array[] = [];
  #deleted: Uint8Array[] = [];
  phase: RebuildPhase = 'receiving';
  #file: Uint8Array = new Uint8Array(0);
  #fileTotal = 0;
  #fileWork: Doing | null = null;
  #bytes = 0;
  #files = 0;

  constructor(
    send: (event: RebuildEvent) => void,
    clock: Clock,
    request: { readonly total: number; readonly filesTotal: number; readonly listFiles: boolean },
  ) {
    this.#send = send;
    this.#clock = clock;
    this.#totals = request;
    this.#listFiles = request.listFiles;
  }

  /** @param work what puts the file together; null if it is done */
  nowAt(entry: Entry, work: Doing | null): void {
    this.#file = entry.path;
    this.#fileTotal = entry.size;
    this.#fileWork = work;
  }

  /** An entry is in place, or was. */
  settled(entry: Entry): void {
    if (entry.kind === 'dir') return;
    this.#files++;
    this.#bytes += entry.size;
  }

  placed(path: Uint8Array): void {
    if (this.#listFiles && this.#placed.push(Uint8Array.from(path)) >= MOST_LISTED_AT_ONCE)
      this.flushFiles();
  }

  deleted(path: Uint8Array): void {
    if (this.#listFiles && this.#deleted.push(Uint8Array.from(path)) >= MOST_LISTED_AT_ONCE)
      this.flushFiles();
  }

  flushFiles(): void {
    if (this.#placed.length > 0) this.#send({ t: 'files', paths: this.#placed, deleted: false });
    if (this.#deleted.length > 0) this.#send({ t: 'files', paths: this.#deleted, deleted: true });
    this.#placed = [];
    this.#deleted = [];
  }

  /** Sends an `at` if it is time for one. */
  tick(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lastMs < LEAST_PAUSE_MS) return;
    this.#lastMs = nowMs;
    this.#send({
      t: 'at',
      phase: this.phase,
      file: Uint8Array.from(this.#file),
      fileBytes: this.#fileWork?.doneBytes ?? this.#fileTotal,
      fileTotal: this.#fileTotal,
      bytes: this.#bytes,
      total: this.#totals.total,
      files: this.#files,
      filesTotal: this.#totals.filesTotal,
    });
  }
}
