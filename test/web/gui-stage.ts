/** A hub with its console, and people's machines with theirs: real programs, each with its own home, in a temporary folder. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Program } from '../e2e/program.ts';

/** The administrator's. */
export const PASSWORD = 'correct horse battery staple';

const BUILD = new URL('../../scripts/build-web.sh', import.meta.url).pathname;

export type HubWish = {
  /** Lets in whom it invited only. */
  readonly closed?: true;
  /** Without an administrator's password, as at the first start. */
  readonly fresh?: true;
  readonly name?: string;
};

export class GuiStage implements AsyncDisposable {
  readonly dir: string;
  readonly #programs: Program[] = [];

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** With the pages as their sources are now. */
  static async open(prefix: string = 'rbbackup-web-'): Promise<GuiStage> {
    execFileSync('sh', [BUILD], { stdio: ['ignore', 'inherit', 'pipe'] });
    return new GuiStage(await mkdtemp(join(tmpdir(), prefix)));
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  start(
    name: 'rbbackup' | 'rbbackupd',
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Program {
    const program = new Program(name, args, env);
    this.#programs.push(program);
    return program;
  }

  async hub(name: string = 'hub', wish: HubWish = {}): Promise<HubConsole> {
    const hub = new HubConsole(this, this.path(name), wish);
    await hub.start();
    if (wish.fresh !== true) await hub.setPassword();
    return hub;
  }

  /** Somebody's machine, with a home of its own and nothing in it. */
  async machine(host: string, home: string = this.path('homes', host)): Promise<Machine> {
    await mkdir(home, { recursive: true });
    return new Machine(this, host, home);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map(async (program) => await program.kill()));
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A hub and where its console is. */
export class HubConsole {
  readonly dir: string;
  readonly #stage: GuiStage;
  readonly #wish: HubWish;
  #program: Program | undefined;
  /** Where clients connect; the same after a new start. */
  port = 0;
  #consolePort = 0;

  constructor(stage: GuiStage, dir: string, wish: HubWish) {
    this.#stage = stage;
    this.dir = dir;
    this.#wish = wish;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Ends in a slash. */
  get url(): string {
    return `http://127.0.0.1:${this.#consolePort}/`;
  }

  get program(): Program {
    assert(this.#program !== undefined);
    return this.#program;
  }

  /** Also after it was stopped or killed: on the same folder and ports. */
  async start(): Promise<void> {
    const args = [this.dir, '--listen', this.address, '--no-announce', '--json'];
    args.push('--console', `127.0.0.1:${this.#consolePort}`, '--name', this.#wish.name ?? 'hub');
    if (this.#wish.closed !== true) args.push('--open');
    this.#program = this.#stage.start('rbbackupd', args);
    const listening = await this.#program.event('listening');
    this.port = Number(listening['port']);
    this.#consolePort = Number(new URL(String(listening['console'])).port);
  }

  async setPassword(): Promise<void> {
    const answer = await fetch(new URL('api/setup', this.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password: PASSWORD }),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  /** A code, as the command on the hub's machine prints it. */
  async invite(user: string, ...args: string[]): Promise<string> {
    const ended = await this.#stage.start('rbbackupd', ['invite', this.dir, user, ...args]).ended;
    assert.equal(ended.status, 0, ended.stderr);
    return String(ended.lines[0]?.['text']);
  }
}

/** Somebody's machine. */
export class Machine {
  readonly host: string;
  readonly home: string;
  readonly #stage: GuiStage;

  constructor(stage: GuiStage, host: string, home: string) {
    this.#stage = stage;
    this.host = host;
    this.home = home;
  }

  /** Starts a command here. */
  start(...args: string[]): Program {
    const env = { HOME: this.home, RBBACKUP_CONFIG: join(this.home, '.config', 'rbbackup') };
    return this.#stage.start('rbbackup', [...args, '--host', this.host, '--json'], env);
  }

  /** Runs a command here to its end, which must be a good one. */
  async run(...args: string[]): Promise<void> {
    const { status, lines, stderr } = await this.start(...args).ended;
    assert.equal(status, 0, `${JSON.stringify(lines.at(-1))}\n${stderr}`);
  }

  /** A destination of an open hub, connected. */
  async receive(hub: HubConsole, user: string, ...args: string[]): Promise<Program> {
    const folder = join(this.home, 'copies');
    const program = this.start(
      'receive',
      folder,
      '--as',
      this.host,
      '--server',
      hub.address,
      '--name',
      user,
      ...args,
    );
    await program.event('connected');
    return program;
  }

  /** The client in the browser, at no hub yet, and not yet open in any browser. */
  async gui(...args: string[]): Promise<Gui> {
    const gui = new Gui(this, args);
    await gui.start();
    return gui;
  }

  /** The same, logged in at an open hub. */
  async guiAt(hub: HubConsole, user: string, ...args: string[]): Promise<Gui> {
    return await this.gui('--server', hub.address, '--name', user, ...args);
  }
}

/** A running `rbbackup gui`. */
export class Gui {
  readonly machine: Machine;
  readonly #args: readonly string[];
  #program: Program | undefined;
  #port = 0;
  /** Opens it in a browser, once. */
  link = '';

  constructor(machine: Machine, args: readonly string[]) {
    this.machine = machine;
    this.#args = args;
  }

  /** Ends in a slash. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get program(): Program {
    assert(this.#program !== undefined);
    return this.#program;
  }

  /** Also after it was stopped or killed: on the same port. */
  async start(): Promise<void> {
    const at = ['--listen', `127.0.0.1:${this.#port}`, '--no-browser'];
    this.#program = this.machine.start('gui', ...at, ...this.#args);
    this.link = String((await this.#program.event('listening'))['url']);
    this.#port = Number(new URL(this.link).port);
  }
}
