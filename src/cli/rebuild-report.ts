import type { Clock } from '../base/clock.ts';
import { EXIT_STATUS } from '../base/exit-status.ts';
import type { ExitStatus } from '../base/exit-status.ts';
import { formatBytes, formatDuration } from '../base/format.ts';
import { escapeName } from '../base/names.ts';
import { hex } from '../base/bytes.ts';
import { jsonPath } from '../base/json-path.ts';
import type { RebuildDone, RebuildEvent, RebuildProblem } from '../rebuild/protocol.ts';
import { jsonFailure } from './json-lines.ts';
import type { Output } from './output.ts';
import { ProgressOutput } from './progress-output.ts';
import { problemLine } from './receive-report.ts';
import { counted } from './view/counts.ts';
import { renderTransfer } from './view/transfer-view.ts';

const MOST_LISTED = 20;

/** Says what a restore or a verify does. */
export class RebuildReport {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #progress: ProgressOutput;
  readonly #title: string;
  readonly #beganMs: number;
  readonly #problems: RebuildProblem[] = [];
  #doing = 'Starting';

  constructor({ output, clock, title }: { output: Output; clock: Clock; title: string }) {
    this.#output = output;
    this.#clock = clock;
    this.#title = title;
    this.#progress = new ProgressOutput(output, clock);
    this.#beganMs = clock.monotonicMs();
  }

  async begin(): Promise<void> {
    if (this.#output.mode === 'lines') this.#output.line(escapeName(this.#title));
    await this.#output.startScreen((columns) => this.#render(columns));
  }

  end(): void {
    this.#progress.stop();
    this.#output.endScreen(false);
  }

  get seconds(): number {
    return Math.round(this.#clock.monotonicMs() - this.#beganMs) / 1000;
  }

  event(event: RebuildEvent, extra: object = {}): void {
    if (event.t === 'at') {
      this.#doing = event.phase === 'finishing' ? 'Putting the last things in place' : 'Under way';
      this.#progress.at(event);
    } else if (event.t === 'files') {
      for (const path of event.paths) {
        this.#output.json({ event: 'file', ...jsonPath(path), ...extra });
        this.#output.line(escapeName(path));
      }
    } else if (event.t === 'problem') {
      this.#problems.push(event);
      this.#output.json({
        event: 'problem',
        ...jsonPath(event.path),
        code: event.code,
        message: event.message,
        ...extra,
      });
      if (this.#problems.length <= MOST_LISTED) this.#output.warn(problemLine(event));
    }
  }

  /** Says how a restore ended. */
  restored(done: RebuildDone & { readonly receivedBytes: number }, into: string): ExitStatus {
    const { files, bytes, receivedBytes } = done;
    const numbers = {
      snapshot: hex(done.snapshot),
      files,
      dirs: done.dirs,
      bytes,
      receivedBytes,
      problems: done.problems,
      seconds: this.seconds,
    };
    const message = `${counted(done.problems, 'thing')} could not be restored; each is named above. --overwrite replaces what is newer.`;
    const outcome = done.verified
      ? { ok: true }
      : jsonFailure(this.#problems[0]?.code ?? 'in-the-way', message);
    this.#output.json({ event: 'done', ...outcome, ...numbers });
    const took = formatDuration(this.seconds * 1000);
    this.#output.sentence(
      `Restored ${counted(files, 'file')}, ${formatBytes(bytes)} into ${escapeName(into)} in ${took}.`,
    );
    if (done.verified) return EXIT_STATUS.done;
    this.#output.warn(message);
    return EXIT_STATUS.failed;
  }

  #render(columns: number): readonly string[] {
    const { place, rate, leftMs } = this.#progress;
    const view = {
      title: escapeName(this.#title),
      doing: this.#doing,
      place,
      rate,
      leftMs,
      copies: [],
    };
    return renderTransfer(view, columns, this.#output.style);
  }
}
