import type { Clock } from '../base/clock.ts';
import { hex } from '../base/bytes.ts';
import { formatBytes, formatDuration } from '../base/format.ts';
import { jsonPath } from '../base/json-path.ts';
import { escapeName } from '../base/names.ts';
import type { ReceiveEvent } from '../client/receive/standing-order.ts';
import type { TransferEvent, TransferResult } from '../client/receive/transfer.ts';
import { formatSetKey } from '../model/snapshot.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { RebuildProblem } from '../rebuild/protocol.ts';
import { jsonFailure } from './json-lines.ts';
import type { Output } from './output.ts';
import { ProgressOutput } from './progress-output.ts';
import { counted } from './view/counts.ts';
import { cutMiddle } from './view/text-width.ts';
import { renderTransfer } from './view/transfer-view.ts';
import { wrapToFit } from './view/wrap-text.ts';

/** Of what could not be put in place so many are named by a line each; --json tells all. */
const MOST_LISTED = 20;

export type ReceiveReportOptions = {
  readonly output: Output;
  readonly clock: Clock;
  readonly dir: string;
  /** What this destination is called. */
  readonly name: string;
};

type Running = {
  readonly progress: ProgressOutput;
  readonly problems: RebuildProblem[];
  readonly beganMs: number;
  readonly mends: boolean;
  origin: string;
};

/** Says what a destination does: waiting, connected, each transfer with its end. */
export class ReceiveReport {
  readonly #options: ReceiveReportOptions;
  readonly #running = new Map<string, Running>();
  #doing = 'Connecting to the hub';

  constructor(options: ReceiveReportOptions) {
    this.#options = options;
  }

  async begin(): Promise<void> {
    await this.#options.output.startScreen((columns) => this.#render(columns));
  }

  end(): void {
    for (const { progress } of this.#running.values()) progress.stop();
    this.#options.output.endScreen(false);
  }

  event(event: ReceiveEvent): void {
    const { output, name, dir } = this.#options;
    switch (event.t) {
      case 'connected': {
        const { welcome, connection } = event.session;
        output.json({
          event: 'connected',
          hub: welcome.hub,
          address: connection.remoteAddress,
          user: welcome.user,
          name,
        });
        const hub = `${escapeName(welcome.hub)} (${connection.remoteAddress})`;
        return this.#say(
          `Connected to ${hub} as ${escapeName(name)}; waiting for transfers into ${escapeName(dir)}`,
          `Waiting for transfers; connected to ${hub} as ${escapeName(welcome.user)}`,
        );
      }
      case 'disconnected': {
        const { error, pauseMs } = event;
        this.#running.forEach(({ progress }) => progress.stop());
        this.#running.clear();
        output.json({ event: 'disconnected', code: error.code, message: error.message, pauseMs });
        return this.#say(`${error.message} Trying again in ${formatDuration(pauseMs)}`);
      }
      case 'begin':
        return this.#begin(event.key, event.mends);
      case 'transfer':
        return this.#transfer(event.key, event.event);
      case 'done':
        return this.#done(event.key, event.result, event.mends);
      case 'failed': {
        const set = formatSetKey(event.key);
        this.#forget(set);
        output.json({
          event: 'done',
          ...jsonFailure(event.error.code, event.error.message),
          ...event.key,
        });
        return output.warn(`${escapeName(set)}: ${event.error.message}`);
      }
    }
  }

  #begin(key: SetKey, mends: boolean): void {
    const { output, clock } = this.#options;
    const set = formatSetKey(key);
    const progress = new ProgressOutput(output, clock, `${escapeName(set)}: `, key);
    const beganMs = clock.monotonicMs();
    this.#running.set(set, { progress, problems: [], beganMs, mends, origin: '' });
    output.json({ event: 'begin', ...(mends ? { mends } : {}), ...key });
    if (mends) output.warn(wrongText(set));
    else if (output.mode === 'lines') output.line(`Receiving ${escapeName(set)}`);
  }

  #transfer(key: SetKey, event: TransferEvent): void {
    const { output } = this.#options;
    const running = this.#running.get(formatSetKey(key));
    switch (event.t) {
      case 'at':
        return running?.progress.at(event);
      case 'origin':
        if (running !== undefined) running.origin = escapeName(event.progress.file);
        return undefined;
      case 'files':
        for (const path of event.paths) {
          output.json({ event: event.deleted ? 'deleted' : 'file', ...jsonPath(path), ...key });
          output.line(`${event.deleted ? 'deleted ' : ''}${escapeName(path)}`);
        }
        return undefined;
      case 'problem':
        running?.problems.push(event);
        output.json({
          event: 'problem',
          ...jsonPath(event.path),
          code: event.code,
          message: event.message,
          ...key,
        });
        if ((running?.problems.length ?? 0) <= MOST_LISTED) output.warn(problemLine(event));
        return undefined;
    }
  }

  #done(key: SetKey, result: TransferResult, mends: boolean): void {
    const { output, clock } = this.#options;
    const set = formatSetKey(key);
    const running = this.#forget(set);
    const seconds = (clock.monotonicMs() - (running?.beganMs ?? clock.monotonicMs())) / 1000;
    const { files, bytes, receivedBytes, reusedBytes, deleted, verified } = result;
    const numbers = {
      files,
      bytes,
      receivedBytes,
      reusedBytes,
      deleted,
      problems: result.problems,
    };
    const failure = jsonFailure(
      running?.problems[0]?.code ?? 'in-the-way',
      problemsText(result.problems),
    );
    const outcome = verified ? { ok: true } : failure;
    output.json({
      event: 'done',
      ...outcome,
      snapshot: hex(result.snapshot),
      ...numbers,
      ...(mends ? { mended: result.mended } : {}),
      seconds,
      ...key,
    });
    const isMended = mends && result.mended > 0;
    const good = isMended ? `Mended ${counted(result.mended, 'thing')}, verified` : 'Verified';
    const amount = `${counted(files, 'file')}, ${formatBytes(bytes)} (${formatBytes(receivedBytes)} received, ${formatBytes(reusedBytes)} found here)`;
    const text = `${escapeName(set)} ${hex(result.snapshot).slice(0, 12)}`;
    if (verified)
      output.sentence(
        `${output.style.good(good)} ${text}: ${amount} in ${formatDuration(seconds * 1000)}`,
      );
    else
      output.warn(`${output.style.bad('Not verified')} ${text}: ${problemsText(result.problems)}`);
  }

  #forget(set: string): Running | undefined {
    const running = this.#running.get(set);
    running?.progress.stop();
    this.#running.delete(set);
    return running;
  }

  /** @param short what a view says that names the rest in its title */
  #say(text: string, short: string = text): void {
    if (short === this.#doing) return;
    this.#doing = short;
    if (this.#options.output.mode === 'lines') this.#options.output.line(text);
  }

  #render(columns: number): readonly string[] {
    const { output, name, dir } = this.#options;
    const { style } = output;
    if (this.#running.size === 0) {
      const title = `Destination ${escapeName(name)} in ${escapeName(dir)}`;
      return [style.bold(cutMiddle(title, columns)), ...wrapToFit(this.#doing, columns)];
    }
    return [...this.#running].flatMap(([set, { progress, origin, mends }]) => {
      const { place, rate, leftMs } = progress;
      const now = mends
        ? 'Every byte is read again'
        : `The origin is at ${origin || 'the beginning'}`;
      const doing =
        place?.phase === 'finishing' ? 'Putting the last things in place' : cutMiddle(now, columns);
      return renderTransfer(
        {
          title: `${mends ? 'Mending' : 'Receiving'} ${escapeName(set)}`,
          doing,
          place,
          rate,
          leftMs,
          copies: [],
        },
        columns,
        style,
      );
    });
  }
}

/** A line for something that could not be put in place. */
export function problemLine({ path, message }: RebuildProblem): string {
  return `${path.length === 0 ? '.' : escapeName(path)}: ${message}`;
}

/** What the hub has found out of a set. @param set its name, escaped */
function wrongText(set: string): string {
  return `${set} is not what was received: its files are damaged, or somebody changed them. All of it is read again and mended from the hub.`;
}

/** A sentence about how many. */
export function problemsText(problems: number): string {
  return `${counted(problems, 'thing')} could not be put in place; see to ${problems === 1 ? 'it' : 'them'}, and run \`rbbackup receive\` again.`;
}
