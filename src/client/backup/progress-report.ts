import type { Clock } from '../../base/clock.ts';
import type { ScanProgress, ScanTotal, ScanTotals } from '../../scan/protocol.ts';
import type { Progress } from '../../wire/messages-backup.ts';

/** At most four a second go to the hub. */
const PAUSE_MS = 250;

/** Joins what the scan says of its place and of the whole into progress messages, a few each second. */
export class ProgressReport {
  readonly #clock: Clock;
  readonly #emit: (progress: Progress) => void;
  #lastMs = -Infinity;
  #totalBytes = 0;
  #totalFiles = 0;
  /** Where the scan was last; null before it began and after its end. */
  #place: ScanProgress | null = null;

  constructor(clock: Clock, emit: (progress: Progress) => void) {
    this.#clock = clock;
    this.#emit = emit;
  }

  total({ bytes, files }: ScanTotal): void {
    this.#totalBytes = bytes;
    this.#totalFiles = files;
    // The scan may stand still, as what it has read is still being sent.
    if (this.#place !== null) this.#sendPlace(this.#place);
  }

  at(progress: ScanProgress): void {
    this.#place = progress;
    const now = this.#clock.monotonicMs();
    if (now - this.#lastMs < PAUSE_MS) return;
    this.#lastMs = now;
    this.#sendPlace(progress);
  }

  /** The last one: everything is read and sent. */
  finish({ bytes, files }: ScanTotals): void {
    this.#totalBytes = bytes;
    this.#totalFiles = files;
    this.#place = null;
    this.#send('committing', new Uint8Array(0), 0, 0, bytes, files);
  }

  #sendPlace({ file, fileBytes, fileTotal, bytes, files }: ScanProgress): void {
    this.#send('sending', file, fileBytes, fileTotal, bytes, files);
  }

  #send(
    phase: string,
    file: Uint8Array,
    fileBytes: number,
    fileTotal: number,
    bytes: number,
    files: number,
  ): void {
    // An estimate may be too small; a bar never runs over its end.
    const total = Math.max(this.#totalBytes, bytes);
    const filesTotal = Math.max(this.#totalFiles, files);
    this.#emit({
      t: 'progress',
      phase,
      file,
      fileBytes,
      fileTotal,
      bytes,
      total,
      files,
      filesTotal,
    });
  }
}
