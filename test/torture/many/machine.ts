/** A user's machine: its folders, its configuration, the commands that are run there. */

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { Program } from '../../e2e/program.ts';
import type { Ended, Line } from '../../e2e/program.ts';
import { randomFrom } from '../../rebuild/random-tree.ts';
import type { Random } from '../../rebuild/random-tree.ts';
import type { History } from './history.ts';
import type { HubLife } from './hub-life.ts';
import { SetModel } from './set-model.ts';
import { WorkFolder } from './work-folder.ts';
import type { Ledger } from './work-folder.ts';

/** Longer than anything here takes on a loaded machine: then it hangs. */
const HANGS_MS = 300_000;
/** What a command may say that lost the hub; it is nobody's fault. */
const PASSING = new Set(['connection-lost', 'timeout', 'busy', 'interrupted']);

export type Kill = { readonly signal: 'SIGTERM' | 'SIGKILL'; readonly afterMs: number };

/** How a command ended; `why` is null unless something explains that it failed. */
export type Run = {
  readonly ended: Ended;
  readonly done: Line | undefined;
  readonly ok: boolean;
  /** Whether it was killed, or lost the hub. */
  readonly isBrokenOff: boolean;
};

export type MachineSet = { readonly folder: WorkFolder; readonly model: SetModel };

export class Machine {
  readonly name: string;
  readonly user: string;
  readonly host: string;
  readonly sets: readonly MachineSet[];
  readonly random: Random;
  readonly dir: string;
  readonly history: History;
  readonly hub: HubLife;
  readonly #env: NodeJS.ProcessEnv;
  readonly #alive = new Set<Program>();

  constructor(
    number: number,
    at: {
      dir: string;
      seed: number;
      history: History;
      hub: HubLife;
      ledger: Ledger;
      mostSets: number;
      env: NodeJS.ProcessEnv;
    },
  ) {
    this.name = `m${number}`;
    // Two machines are one user's.
    this.user = `u${number >> 1}`;
    this.host = this.name;
    this.dir = join(at.dir, this.name);
    this.random = randomFrom(at.seed + number);
    this.history = at.history;
    this.hub = at.hub;
    this.#env = { ...at.env, RBBACKUP_CONFIG: join(this.dir, 'config') };
    mkdirSync(this.dir, { recursive: true });
    this.sets = Array.from({ length: 1 + (number % at.mostSets) }, (_, i) => ({
      folder: new WorkFolder(join(this.dir, `s${i}`), this.random, at.ledger),
      model: new SetModel(`s${i}`),
    }));
  }

  /** The folder where restores go, emptied. */
  scratch(): string {
    const into = join(this.dir, 'restored');
    rmSync(into, { recursive: true, force: true });
    return into;
  }

  start(args: readonly string[]): Program {
    const who = ['--server', this.hub.address, '--name', this.user, '--host', this.host, '--json'];
    const program = new Program('rbbackup', [...args, ...who], this.#env);
    this.#alive.add(program);
    void program.ended.then(() => this.#alive.delete(program));
    return program;
  }

  /** Runs a command to its end, which a kill may be, and finds fault with any end that nothing explains. */
  async run(args: readonly string[], kill: Kill | null = null): Promise<Run> {
    const { disturbances } = this.hub;
    const program = this.start(args);
    const killer = kill && setTimeout(() => program.signal(kill.signal), kill.afterMs);
    const hanging = setTimeout(() => {
      this.history.fault(
        this.name,
        `${args.join(' ')} hangs: ${JSON.stringify(program.lines.at(-1))}`,
      );
      program.signal('SIGKILL');
    }, HANGS_MS);
    const ended = await program.ended;
    clearTimeout(hanging);
    if (killer !== null) clearTimeout(killer);
    const last = ended.lines.at(-1);
    const done = last?.event === 'done' ? last : undefined;
    const ok = ended.status === 0 && done?.['ok'] === true;
    const wasDisturbed = this.hub.disturbances !== disturbances || disturbances % 2 === 1;
    const isBrokenOff = !ok && this.#isExplained(ended, done, kill, wasDisturbed);
    const words = ok
      ? 'ok'
      : `${ended.status ?? ended.signal} ${typeof done?.['code'] === 'string' ? done['code'] : ''}`;
    this.history.note(this.name, `${args.join(' ')}${kill ? ` (${kill.signal})` : ''}: ${words}`);
    this.history.count(`${String(args[0])} ${ok ? 'ok' : 'broken off'}`);
    return { ended, done, ok, isBrokenOff };
  }

  #isExplained(
    { status, signal, stderr }: Ended,
    done: Line | undefined,
    kill: Kill | null,
    wasDisturbed: boolean,
  ): boolean {
    if (/^\s+at .+:\d+:\d+/m.test(stderr))
      this.history.fault(this.name, `a stack trace: ${stderr}`);
    if (kill !== null && (signal === kill.signal || status === 130)) return true;
    const isPassing = PASSING.has(String(done?.['code']));
    // On a machine with too much to do a connection may be given up for silence.
    if (isPassing && kill === null && !wasDisturbed) this.history.count('lost without a reason');
    return isPassing;
  }

  /** Compares a list of all that its user has with what must be there of this machine's. */
  listed(rows: readonly Line[]): void {
    for (const { model } of this.sets) {
      const own = rows.filter((row) => row['host'] === this.host && row['set'] === model.name);
      for (const wrong of model.listed(own)) this.history.fault(this.name, wrong);
    }
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#alive].map(async (program) => await program.kill()));
  }
}
