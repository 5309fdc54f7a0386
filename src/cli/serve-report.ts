import type { Hub } from '../hub/hub.ts';
import { systemClock } from '../base/clock.ts';
import type { HubEvent } from '../hub/hub-context.ts';
import type { RbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import type { ConsoleServer } from '../console/server/listen.ts';
import { formatAddress } from '../wire/address.ts';
import type { Status } from '../wire/messages-ask.ts';
import type { Cli } from './cli.ts';
import type { Output } from './output.ts';
import { formatTime } from './view/counts.ts';
import { RunSpeeds } from './view/run-speeds.ts';
import type { Speed } from './view/run-speeds.ts';
import { renderStatus } from './view/status-view.ts';

/** How old a state may be that is shown. */
const STATUS_AGE_MS = 400;

/** What the hub's events are called in `--json`, where it isn't their own name. */
const JSON_NAMES: Readonly<Record<string, string>> = {
  login: 'client-connected',
  logout: 'client-disconnected',
};

/** What came of starting to serve. */
export type Served = {
  readonly hub: Hub;
  readonly directory: string;
  readonly isOpen: boolean;
  /** Why it doesn't listen, if it doesn't. */
  readonly problem: RbError | null;
  readonly server: ConsoleServer | null;
  /** Why there is no console, if there should be one. */
  readonly consoleProblem: RbError | null;
  /** Of the console. */
  readonly hasPassword: boolean;
};

/** Says what a hub does: on a terminal a live view, else lines on stderr; with --json events on stdout. */
export class ServeReport {
  readonly #output: Output;
  readonly #cli: Cli;
  readonly #isQuiet: boolean;
  #held: HubEvent[] | null = null;

  constructor(output: Output, cli: Cli, isQuiet: boolean) {
    this.#output = output;
    this.#cli = cli;
    this.#isQuiet = isQuiet;
  }

  /** Keeps what is logged back until it was said where the hub listens, or that it ends: that comes first. */
  hold(): void {
    this.#held ??= [];
  }

  log(logged: HubEvent): void {
    if (this.#held !== null) return void this.#held.push(logged);
    const { event, level, ...more } = logged;
    if (this.#output.mode === 'json')
      return this.#output.json({ event: JSON_NAMES[event] ?? event, level, ...more });
    if (this.#isQuiet && level !== 'error') return undefined;
    // A set's name begins with its user's.
    const user = more.set === undefined ? more.user : undefined;
    const about = [user, more.set, more.address]
      .filter((text) => text !== undefined && text !== '')
      .join(' ');
    // Said of the run itself already.
    const isEcho = event === 'stream-failed' && more.code === 'interrupted';
    if (isEcho && this.#output.mode === 'live') return undefined;
    const time = formatTime(Date.now());
    const when = this.#output.mode === 'live' ? time.slice(time.indexOf(' ') + 1) : time;
    const text = `${when} ${event}${about === '' ? '' : ` ${about}`}: ${more.message}`;
    if (this.#isQuiet) this.#cli.stderr.write(`${text}\n`);
    else this.#output.warn(level === 'error' ? this.#output.style.bad(text) : text);
    return undefined;
  }

  async listening(served: Served): Promise<void> {
    const { hub, directory, isOpen } = served;
    this.#sayWhere(served);
    if (isOpen)
      this.#output.warn('This hub is open: anyone who reaches the port may log in by name alone.');
    else this.#output.line(`To let somebody in: rbbackupd invite ${escapeName(directory)} NAME`);
    this.#sayConsole(served);
    this.#release();
    await this.#startScreen(hub);
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const event of held) this.log(event);
  }

  async #startScreen(hub: Hub): Promise<void> {
    const { style } = this.#output;
    const speeds = new RunSpeeds(systemClock);
    const speedOf = (run: string): Speed => speeds.of(run);
    let status: Status | null = null;
    let takenMs = 0;
    await this.#output.startScreen((columns) => {
      const now = performance.now();
      if (status === null || now - takenMs > STATUS_AGE_MS) {
        status = hub.status();
        speeds.at(status.runs);
        takenMs = now;
      }
      return ['', ...renderStatus(status, { columns, style, nowMs: Date.now(), speedOf })];
    });
  }

  #sayWhere({ hub, directory, isOpen, problem, server }: Served): void {
    const { listening, fingerprint } = hub;
    const about = { console: server?.url ?? null, fingerprint, open: isOpen };
    const kept = `keeping backups in ${escapeName(directory)}. Fingerprint ${fingerprint}`;
    if (listening === null) {
      const { code = 'internal', message = '' } = problem ?? {};
      this.#output.json({ event: 'not-listening', code, message, ...about });
      this.#output.warn(`${message} Choose another address in the console; ${kept}`);
      return;
    }
    this.#output.json({ event: 'listening', ...listening, ...about });
    const where = formatAddress({ host: listening.address, port: listening.port });
    this.#output.line(`Listening on ${where}, ${kept}`);
  }

  #sayConsole({ directory, server, consoleProblem, hasPassword }: Served): void {
    if (consoleProblem !== null) {
      const { code, message } = consoleProblem;
      const text = `There is no console for the browser this time: ${message} (--console HOST:PORT)`;
      this.#output.json({ event: 'no-console', level: 'warn', code, message: text });
      this.#output.warn(text);
    }
    if (server === null) return;
    this.#output.line(`Console in the browser: ${server.url}`);
    const isSecure = server.url.startsWith('https:');
    if (isSecure)
      this.#output.line(
        'Its certificate has the fingerprint above: compare it with what the browser shows.',
      );
    if (hasPassword) return;
    const command = `rbbackupd password ${escapeName(directory)}`;
    this.#output.line(
      isSecure
        ? `It has no password yet: ${command}`
        : `It has no password yet: it asks for one there, or say ${command}`,
    );
  }

  closing(): void {
    this.#release();
    this.#output.endScreen(false);
  }

  closed(): void {
    this.#output.json({ event: 'closed' });
    this.#output.line('Closed.');
  }
}
