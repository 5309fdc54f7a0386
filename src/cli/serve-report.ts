import type { Hub } from '../hub/hub.ts';
import type { HubEvent } from '../hub/hub-context.ts';
import { escapeName } from '../base/names.ts';
import { formatAddress } from '../wire/address.ts';
import type { Status } from '../wire/messages-ask.ts';
import type { Cli } from './cli.ts';
import type { Output } from './output.ts';
import { formatTime } from './view/counts.ts';
import { renderStatus } from './view/status-view.ts';

/** How old a state may be that is shown. */
const STATUS_AGE_MS = 400;

/** What the hub's events are called in `--json`, where it isn't their own name. */
const JSON_NAMES: Readonly<Record<string, string>> = {
  login: 'client-connected',
  logout: 'client-disconnected',
};

/** Says what a hub does: on a terminal a live view, else lines on stderr; with --json events on stdout. */
export class ServeReport {
  readonly #output: Output;
  readonly #cli: Cli;
  readonly #isQuiet: boolean;

  constructor(output: Output, cli: Cli, isQuiet: boolean) {
    this.#output = output;
    this.#cli = cli;
    this.#isQuiet = isQuiet;
  }

  log({ event, level, ...more }: HubEvent): void {
    if (this.#output.mode === 'json')
      return this.#output.json({ event: JSON_NAMES[event] ?? event, level, ...more });
    if (this.#isQuiet && level !== 'error') return undefined;
    const about = [more.user, more.set, more.address]
      .filter((text) => text !== undefined && text !== '')
      .join(' ');
    const text = `${formatTime(Date.now())} ${event}${about === '' ? '' : ` ${about}`}: ${more.message}`;
    if (this.#isQuiet) this.#cli.stderr.write(`${text}\n`);
    else this.#output.warn(level === 'error' ? this.#output.style.bad(text) : text);
    return undefined;
  }

  async listening(hub: Hub, dir: string, isOpen: boolean): Promise<void> {
    const { address, port, fingerprint } = hub;
    this.#output.json({
      event: 'listening',
      address,
      port,
      console: null,
      fingerprint,
      open: isOpen,
    });
    const where = formatAddress({ host: address, port });
    this.#output.line(
      `Listening on ${where}, keeping backups in ${escapeName(dir)}. Fingerprint ${fingerprint}`,
    );
    if (isOpen)
      this.#output.warn('This hub is open: anyone who reaches the port may log in by name alone.');
    else this.#output.line(`To let somebody in: rbbackupd invite ${escapeName(dir)} NAME`);
    let status: Status | null = null;
    let takenMs = 0;
    await this.#output.startScreen((columns) => {
      const now = performance.now();
      if (status === null || now - takenMs > STATUS_AGE_MS) {
        status = hub.status();
        takenMs = now;
      }
      return ['', ...renderStatus(status, columns, this.#output.style)];
    });
  }

  closing(): void {
    this.#output.endScreen(false);
  }

  closed(): void {
    this.#output.json({ event: 'closed' });
    this.#output.line('Closed.');
  }
}
