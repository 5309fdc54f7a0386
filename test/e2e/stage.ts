/** A stage for a test: a temporary folder with a hub and clients on it, all gone at the end. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Program, doneOf } from './program.ts';
import type { Ended, Line, Where } from './program.ts';

export type HubOptions = {
  readonly open?: boolean;
  readonly port?: number;
  readonly dir?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
};

export class Stage implements AsyncDisposable {
  readonly dir: string;
  readonly #programs: Program[] = [];
  readonly #tasks: (() => Promise<unknown>)[] = [];

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async open(parent: string = tmpdir()): Promise<Stage> {
    return new Stage(await mkdtemp(join(parent, 'rbbackup-e2e-')));
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  async folder(...parts: string[]): Promise<string> {
    const path = this.path(...parts);
    await mkdir(path, { recursive: true });
    return path;
  }

  start(
    name: 'rbbackup' | 'rbbackupd',
    args: readonly string[],
    env?: NodeJS.ProcessEnv,
    where?: Where,
  ): Program {
    const program = new Program(
      name,
      args,
      { RBBACKUP_CONFIG: this.path('config'), ...env },
      where,
    );
    this.#programs.push(program);
    return program;
  }

  /** Starts a hub and waits until it listens; an open one unless said otherwise. */
  async hub(options: HubOptions = {}): Promise<HubProgram> {
    const dir = options.dir ?? this.path('hub');
    const args = [
      dir,
      '--listen',
      `127.0.0.1:${options.port ?? 0}`,
      '--console',
      'off',
      '--json',
      ...(options.args ?? []),
    ];
    if (options.open !== false) args.push('--open');
    const program = this.start('rbbackupd', args, options.env);
    const listening = await program.event('listening');
    return new HubProgram(this, program, dir, Number(listening['port']), options);
  }

  /** Done, in reverse order, before the folder is removed. */
  atEnd(task: () => Promise<unknown>): void {
    this.#tasks.push(task);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map(async (program) => await program.kill()));
    for (const task of this.#tasks.toReversed()) await task();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

export class HubProgram {
  readonly dir: string;
  readonly port: number;
  readonly #stage: Stage;
  readonly #options: HubOptions;
  program: Program;

  constructor(stage: Stage, program: Program, dir: string, port: number, options: HubOptions) {
    this.#stage = stage;
    this.program = program;
    this.dir = dir;
    this.port = port;
    this.#options = options;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** A client of this hub: a user on a machine of its own. */
  client(name: string, host: string = `host-${name}`): Client {
    return new Client(this.#stage, this, name, host);
  }

  /** Starts the hub anew on the same folder and port. */
  async restart(): Promise<void> {
    const again = await this.#stage.hub({ ...this.#options, dir: this.dir, port: this.port });
    this.program = again.program;
  }
}

/** What `--json` printed last, and how the program ended. */
export type Outcome = Ended & { readonly done: Line };

/** What a command said to people. */
export type Said = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export class Client {
  readonly name: string;
  readonly host: string;
  readonly #stage: Stage;
  readonly #hub: HubProgram;

  constructor(stage: Stage, hub: HubProgram, name: string, host: string) {
    this.#stage = stage;
    this.#hub = hub;
    this.name = name;
    this.host = host;
  }

  get configDir(): string {
    return this.#stage.path('config', `${this.name}@${this.host}`);
  }

  /** Starts any command as this client, at the open hub. */
  start(args: readonly string[], server: string = this.#hub.address, where?: Where): Program {
    return this.#stage.start(
      'rbbackup',
      [...args, ...this.#common(server), '--json'],
      undefined,
      where,
    );
  }

  async run(args: readonly string[], where?: Where): Promise<Outcome> {
    const ended = await this.start(args, this.#hub.address, where).ended;
    return { ...ended, done: doneOf(ended) };
  }

  /** Runs a command without --json, as people do. */
  async say(args: readonly string[], where?: Where): Promise<Said> {
    const common = this.#common(this.#hub.address);
    const { status, lines, stderr } = await this.#stage.start(
      'rbbackup',
      [...args, ...common],
      undefined,
      where,
    ).ended;
    return { status, stdout: lines.map((line) => String(line['text'])).join('\n'), stderr };
  }

  #common(server: string): string[] {
    return [
      '--server',
      server,
      '--name',
      this.name,
      '--host',
      this.host,
      '--config',
      this.configDir,
    ];
  }

  /** Backs a folder up recursively with deletions, and expects success. */
  async backup(path: string, ...args: string[]): Promise<Line> {
    const { status, done, stderr } = await this.run(['-rd', path, ...args]);
    assert.equal(status, 0, `${JSON.stringify(done)}\n${stderr}`);
    return done;
  }

  /** Starts a destination and waits until the hub has it. */
  async receive(dir: string, ...args: string[]): Promise<Program> {
    const program = this.start(['receive', dir, ...args]);
    await program.event('connected');
    return program;
  }

  /** Where a destination's folder holds a set of this client. */
  tree(dir: string, set: string): string {
    return join(dir, `${this.name}@${this.host}`, set);
  }
}

/** The done line of a destination for a snapshot; it may have come already. */
export async function received(program: Program, snapshot: unknown): Promise<Line> {
  return await program.line(
    (line) => line.event === 'done' && line['snapshot'] === snapshot,
    `a done for ${String(snapshot)}`,
  );
}
