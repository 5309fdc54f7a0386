/** A machine's destination: it leaves, dies and comes back. */

import { join } from 'node:path';

import type { Program } from '../../e2e/program.ts';
import type { Machine } from './machine.ts';
import { difference, treeOf } from './tree.ts';
import type { Tree } from './tree.ts';

export class CopyKeeper {
  readonly dir: string;
  /** What origins see it as. */
  readonly label: string;
  readonly #machine: Machine;
  #program: Program | null = null;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.dir = join(machine.dir, 'copy');
    this.label = `copy-${machine.name}`;
  }

  get isThere(): boolean {
    return this.#program !== null;
  }

  async come(): Promise<void> {
    if (this.#program !== null) return;
    const program = this.#machine.start(['receive', this.dir, '--as', this.label]);
    this.#program = program;
    this.#machine.history.note(this.#machine.name, 'receive begins');
    void program.ended.then(({ status, signal, stderr, lines }) => {
      if (this.#program !== program) return;
      this.#program = null;
      const last = JSON.stringify(lines.at(-1));
      this.#machine.history.fault(
        this.#machine.name,
        `receive ended by itself: ${status ?? signal} ${last} ${stderr}`,
      );
    });
  }

  async leave(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const program = this.#program;
    this.#program = null;
    if (program === null) return;
    const { history, name } = this.#machine;
    history.note(name, `receive gets ${signal}`);
    history.count(`receive ${signal}`);
    program.signal(signal);
    const ended = await program.ended;
    // Until it has said its first word it has no hand for signals.
    const isTooEarly = ended.signal === signal && ended.lines.length === 0;
    const isFair = signal === 'SIGKILL' || ended.status === 130 || ended.status === 0;
    if (!isFair && !isTooEarly)
      history.fault(name, `receive ended with ${ended.status ?? ended.signal}: ${ended.stderr}`);
  }

  /** How the copy of a set differs from a tree; null if it doesn't. */
  differs(user: string, host: string, set: string, expected: Tree): string | null {
    let found: Tree;
    try {
      found = treeOf(join(this.dir, `${user}@${host}`, set));
    } catch (error) {
      return String(error);
    }
    return difference(found, expected);
  }
}
