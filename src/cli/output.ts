import type { Cli } from './cli.ts';
import type { OutputOptions } from './common-options.ts';
import { styleFor } from './view/style.ts';
import type { Style } from './view/style.ts';
import type { LiveScreen } from './view/live-screen.ts';
import { wrapText } from './view/wrap-text.ts';

/**
 * - `json`: one object a line on stdout, and nothing else there;
 * - `quiet`: nothing but errors;
 * - `live`: a view on a terminal that is redrawn, above it lines that stay;
 * - `lines`: lines alone.
 */
export type OutputMode = 'json' | 'quiet' | 'live' | 'lines';

export function outputMode(
  options: OutputOptions,
  { stdout, env }: Pick<Cli, 'stdout' | 'env'>,
): OutputMode {
  if (options.json) return 'json';
  if (options.quiet) return 'quiet';
  return stdout.isTTY && env['TERM'] !== 'dumb' ? 'live' : 'lines';
}

/** Where a verb says what it has to say, in the way that was asked for. */
export class Output {
  readonly mode: OutputMode;
  readonly style: Style;
  readonly #cli: Cli;
  #screen: LiveScreen | null = null;

  constructor(options: OutputOptions, cli: Cli) {
    this.mode = outputMode(options, cli);
    this.style = styleFor(cli.stdout, cli.env);
    this.#cli = cli;
  }

  /** Columns of the terminal, or what a log is read with. */
  get columns(): number {
    return this.#cli.stdout.columns || 80;
  }

  /** How wide a list may be: on a terminal as wide as that, so that its columns stay below each other. */
  get listColumns(): number {
    return this.mode === 'live' ? this.columns : Infinity;
  }

  /** Whether nobody reads stdout any more: a list may be broken off. */
  get isGone(): boolean {
    return this.#cli.stdout.destroyed || this.#cli.stdout.errored !== null;
  }

  /** One object, only with --json. */
  json(object: object): void {
    if (this.mode === 'json') this.#write(`${JSON.stringify(object)}\n`);
  }

  /** A line of the result, for people. Names of others in it are escaped already. */
  line(text: string): void {
    if (this.mode !== 'live' && this.mode !== 'lines') return;
    if (this.#screen === null) this.#write(`${text}\n`);
    else this.#screen.persist(text);
  }

  /** As {@link line}, but broken between words where a terminal is narrower. For sentences, not for lists. */
  sentence(text: string): void {
    for (const line of wrapText(text, this.listColumns)) this.line(line);
  }

  /** Something that people should know, beside the result: to stderr. */
  warn(text: string): void {
    if (this.mode !== 'live' && this.mode !== 'lines') return;
    for (const line of wrapText(text, this.#errorColumns())) {
      if (this.#screen === null) this.#cli.stderr.write(`${line}\n`);
      else this.#screen.persist(line);
    }
  }

  #errorColumns(): number {
    if (this.#screen !== null) return this.columns;
    return this.#cli.stderr.isTTY ? this.#cli.stderr.columns || 80 : Infinity;
  }

  /** Resolves when what was written has gone out far enough that more may be written. */
  async drained(): Promise<void> {
    const { stdout } = this.#cli;
    if (!stdout.writableNeedDrain || this.isGone) return;
    await new Promise<void>((resolve) => {
      stdout.once('drain', resolve);
      stdout.once('close', resolve);
    });
  }

  /** On a terminal: keeps a view below the lines, until {@link endScreen}. Elsewhere nothing. */
  async startScreen(render: (columns: number) => readonly string[]): Promise<void> {
    if (this.mode !== 'live') return;
    const { LiveScreen } = await import('./view/live-screen.ts');
    this.#screen = new LiveScreen(this.#cli.stdout, render);
  }

  /** @param isKept whether its last state stays on the terminal */
  endScreen(isKept: boolean): void {
    this.#screen?.end(isKept);
    this.#screen = null;
  }

  #write(text: string): void {
    if (!this.isGone) this.#cli.stdout.write(text);
  }
}
