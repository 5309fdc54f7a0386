/** The hub's register, as `rbbackup status --watch --json` tells it. */

import assert from 'node:assert/strict';

import type { Line, Program } from './program.ts';
import type { Client } from './stage.ts';

export type Registered = {
  readonly role: string;
  readonly user: string;
  readonly host: string;
  readonly device: string;
  readonly name: string;
  readonly address: string;
  readonly sinceMs: number;
  readonly heardMs: number;
  readonly doing: string;
};

export class RegisterWatch {
  readonly program: Program;

  private constructor(program: Program) {
    this.program = program;
  }

  static async start(client: Client): Promise<RegisterWatch> {
    const program = client.start(['status', '--watch']);
    await program.event('status');
    return new RegisterWatch(program);
  }

  /** The first state from now on, the one that is shown included, that fits. */
  async until(
    fits: (clients: readonly Registered[], status: Line) => boolean,
    what: string,
  ): Promise<Registered[]> {
    const from = Math.max(0, this.program.lines.length - 1);
    const fitting = (line: Line): boolean => line.event === 'status' && fits(clientsOf(line), line);
    return clientsOf(await this.program.line(fitting, what, from));
  }

  /** Until somebody of this host or destination's name is there. */
  async untilThere(name: string): Promise<Registered> {
    const clients = await this.until(
      (all) => all.some((one) => isCalled(one, name)),
      `a register with ${name}`,
    );
    return clients.find((one) => isCalled(one, name)) as Registered;
  }

  /** Until a connection is there no more, whoever else of that name is. @returns how long that took */
  async untilLeft({ name, address }: Registered): Promise<number> {
    const beganMs = performance.now();
    await this.until(
      (clients) => !clients.some((one) => one.address === address),
      `a register without ${name} at ${address}`,
    );
    return performance.now() - beganMs;
  }

  /** Until nobody of that name, who was there, is there any more. @returns how long that took */
  async untilGone(name: string): Promise<number> {
    const beganMs = performance.now();
    await this.until(
      (clients) => !clients.some((one) => isCalled(one, name)),
      `a register without ${name}`,
    );
    return performance.now() - beganMs;
  }
}

function isCalled(client: Registered, name: string): boolean {
  return client.host === name || client.name === name;
}

/** The register as one call of `status` shows it. */
export async function register(client: Client): Promise<Registered[]> {
  const { status, lines } = await client.run(['status']);
  assert.equal(status, 0);
  return clientsOf(lines.find((line) => line.event === 'status') as Line);
}

function clientsOf(line: Line): Registered[] {
  return line['clients'] as Registered[];
}
