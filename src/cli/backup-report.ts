import type { Clock } from '../base/clock.ts';
import { hex } from '../base/bytes.ts';
import type { ExitStatus } from '../base/exit-status.ts';
import { jsonPath } from '../base/json-path.ts';
import { escapeName } from '../base/names.ts';
import { outcomeOf } from '../client/backup/outcome.ts';
import type { BackupEvent, BackupRequest, BackupResult } from '../client/backup/request.ts';
import type { Copy } from '../wire/messages-backup.ts';
import { backupLines, jsonBackup } from './backup-result.ts';
import { Output } from './output.ts';
import { ProgressOutput } from './progress-output.ts';
import { COMMITTING, SENDING, copiesText, waitingText } from './view/task-words.ts';
import { renderTransfer } from './view/transfer-view.ts';

export type BackupReportOptions = {
  readonly output: Output;
  readonly clock: Clock;
  readonly request: BackupRequest;
  /** `USER@HOST:SET` */
  readonly setName: string;
};

/** Says what a backup does and what came of it. */
export class BackupReport {
  readonly #options: BackupReportOptions;
  readonly #progress: ProgressOutput;
  readonly #beganMs: number;
  #doing = 'Starting';
  #copies: readonly Copy[] = [];
  #copiesText = '';
  #isCommitted = false;

  constructor(options: BackupReportOptions) {
    this.#options = options;
    this.#progress = new ProgressOutput(options.output, options.clock);
    this.#beganMs = options.clock.monotonicMs();
  }

  async begin(): Promise<void> {
    const { output, request } = this.#options;
    if (output.mode === 'lines') output.line(this.#title());
    await output.startScreen((columns) => this.#render(columns));
    if (request.what === 'flat')
      output.warn('Without -r the files directly in the folder are backed up, not its subfolders.');
  }

  event(event: BackupEvent): void {
    const { output } = this.#options;
    switch (event.t) {
      case 'queued':
        output.json({ event: 'queued', behind: event.behind });
        return this.#say(
          `Waiting for another backup of the same set to end (${escapeName(event.behind)})`,
        );
      case 'contended':
        output.json({ event: 'contended', by: event.by });
        return output.warn(
          `Another client asks to back up the same set and waits for this one: ${escapeName(event.by)}.`,
        );
      case 'waiting':
        output.json({
          event: 'waiting',
          connected: event.connected,
          needed: event.needed,
          names: event.names,
        });
        return this.#say(waitingText(event.connected, event.needed, event.names));
      case 'started':
        output.json({ event: 'started' });
        return this.#started(event.otherSource);
      case 'progress':
        this.#doing = event.phase === 'committing' ? COMMITTING : this.#sendingText();
        return this.#progress.at(event);
      case 'files':
        return this.#files(event.paths, event.deleted);
      case 'skipped':
        output.json({
          event: 'skipped',
          ...jsonPath(event.path),
          code: event.code,
          why: event.message,
        });
        return undefined;
      case 'committed':
        output.json({ event: 'committed', snapshot: hex(event.snapshot) });
        this.#isCommitted = true;
        return this.#say(`Committed at the hub as ${hex(event.snapshot).slice(0, 12)}`);
      case 'copies':
        return this.#copiesChanged(event.copies);
    }
  }

  /** No more views; may be called again. */
  end(): void {
    this.#progress.stop();
    this.#options.output.endScreen(false);
  }

  /** Says how it ended. @returns the exit status that fits */
  result(result: BackupResult, sentBytes: number, isInterrupted: boolean): ExitStatus {
    const { output, request, setName, clock } = this.#options;
    const outcome = outcomeOf(result, request, isInterrupted);
    const told = {
      result,
      request,
      outcome,
      setName,
      sentBytes,
      seconds: (clock.monotonicMs() - this.#beganMs) / 1000,
    };
    output.json(jsonBackup(told));
    const { lines, warnings } = backupLines(told, output.style);
    for (const line of lines) output.sentence(line);
    for (const line of warnings) output.warn(line);
    return outcome.status;
  }

  #started(otherSource: Uint8Array | null): void {
    const { output } = this.#options;
    this.#say(this.#sendingText());
    if (otherSource === null) return;
    output.json({ event: 'other-source', ...jsonPath(otherSource) });
    output.warn(
      `The last run of this set came from ${escapeName(otherSource)}. If this is something else, give it a name of its own with --set NAME.`,
    );
  }

  #files(paths: readonly Uint8Array[], deleted: readonly Uint8Array[]): void {
    const { output, request } = this.#options;
    const [send, remove] = request.dryRun ? ['would send  ', 'would delete '] : ['', 'deleted '];
    for (const path of paths) {
      output.json({ event: 'file', ...jsonPath(path) });
      output.line(`${send}${escapeName(path)}`);
    }
    for (const path of deleted) {
      output.json({ event: 'deleted', ...jsonPath(path) });
      output.line(`${remove}${escapeName(path)}`);
    }
  }

  #copiesChanged(copies: readonly Copy[]): void {
    const { output, request } = this.#options;
    this.#copies = copies;
    const list = copies.map(({ name, state, bytes, total, message }) => ({
      name,
      state,
      bytes,
      total,
      ...(message === undefined ? {} : { message }),
    }));
    output.json({ event: 'copies', copies: list });
    const isWorthSaying = this.#isCommitted || copies.some(({ state }) => state === 'verified');
    if (request.copies === 0 || !isWorthSaying) return;
    const text = copiesText(copies, request.copies);
    if (text === this.#copiesText) return;
    this.#copiesText = text;
    if (output.mode === 'lines') output.line(text);
  }

  #say(text: string): void {
    if (this.#doing === text) return;
    this.#doing = text;
    if (this.#options.output.mode === 'lines') this.#options.output.line(text);
  }

  #sendingText(): string {
    return this.#options.request.dryRun ? 'Looking at what would be sent' : SENDING;
  }

  #title(): string {
    const { request, setName } = this.#options;
    return `${request.dryRun ? 'Trying out a backup of' : 'Backing up'} ${escapeName(request.source)} as ${escapeName(setName)}`;
  }

  #render(columns: number): readonly string[] {
    const { place, rate, leftMs } = this.#progress;
    const doing = this.#copiesText === '' ? this.#doing : `${this.#doing}; ${this.#copiesText}`;
    const view = { title: this.#title(), doing, place, rate, leftMs, copies: this.#copies };
    return renderTransfer(view, columns, this.#options.output.style);
  }
}
