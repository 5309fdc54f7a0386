/** The two programs, driven from outside: real processes, real sockets, their JSON lines. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { byTransport } from './transport-choice.ts';

const BIN = new URL('../../bin/', import.meta.url).pathname;
const SRC = new URL('../../src/', import.meta.url).pathname;

/** One line that a program printed with --json; of any other line its `text`. */
export type Line = { readonly event: string; readonly [field: string]: unknown };

export type Ended = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly Line[];
  readonly stderr: string;
};

/** In which folder, and as whom, a program runs; as the tests do, unless said. */
export type Where = {
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** A program that starts it, such as a tracer, with its arguments; what it starts is Node itself, not the launcher. */
  readonly under?: readonly string[];
};

/** A running program whose JSON lines are collected. */
export class Program {
  readonly lines: Line[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stderr = '';
  #onLine = new Set<() => void>();
  #isOver = false;

  constructor(
    name: 'rbbackup' | 'rbbackupd',
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    { under, ...where }: Where = {},
  ) {
    const all = name === 'rbbackup' ? byTransport(args) : args;
    const [command, ...before] =
      under === undefined ? [`${BIN}${name}`] : [...under, ...asLaunched(name)];
    assert(command !== undefined);
    this.child = spawn(command, [...before, ...all], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...where,
    });
    const { stdout, stderr } = this.child;
    assert(stdout && stderr);
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    const lines = createInterface({ input: stdout });
    lines.on('line', (text) => {
      this.lines.push(text.startsWith('{') ? (JSON.parse(text) as Line) : { event: '', text });
      for (const wake of this.#onLine) wake();
    });
    this.ended = Promise.all([
      once(this.child, 'exit'),
      once(lines, 'close'),
      once(stderr, 'close'),
    ]).then(([[status, signal]]) => {
      this.#isOver = true;
      for (const wake of this.#onLine) wake();
      return {
        status: status as number | null,
        signal: signal as NodeJS.Signals | null,
        lines: this.lines,
        stderr: this.stderr,
      };
    });
  }

  /** The first line, printed so far or still to come, that fits. Fails when the program ends without one. */
  async line(fits: (line: Line) => boolean, what: string, from: number = 0): Promise<Line> {
    return await new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.lines.slice(from).find(fits);
        if (found === undefined && !this.#isOver) return;
        this.#onLine.delete(look);
        if (found !== undefined) resolve(found);
        else
          reject(
            new Error(
              `The program ended without ${what}.\n${JSON.stringify(this.lines.slice(-5))}\n${this.stderr}`,
            ),
          );
      };
      this.#onLine.add(look);
      look();
    });
  }

  async event(event: string): Promise<Line> {
    return await this.line((line) => line.event === event, `an event '${event}'`);
  }

  /** Its real process: the launcher has exec'ed it. */
  get pid(): number {
    assert(this.child.pid !== undefined);
    return this.child.pid;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Kills it at once, as a power cut of the process would. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async stop(): Promise<Ended> {
    this.child.kill('SIGTERM');
    this.child.kill('SIGCONT');
    return await this.ended;
  }
}

/** What bin/launch.sh starts. */
function asLaunched(name: string): string[] {
  const flags = ['--max-semi-space-size=4', '--no-allocation-site-pretenuring'];
  return [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    ...flags,
    `${SRC}cli/${name}.ts`,
  ];
}

/** Its last line, which must be `done`. */
export function doneOf(ended: Ended): Line {
  const last = ended.lines.at(-1);
  assert.equal(
    last?.event,
    'done',
    `no done line at the end; status ${ended.status}, ${ended.stderr}`,
  );
  return last;
}
