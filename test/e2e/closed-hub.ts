/** A hub that lets in whom it invited, and the devices of those. */

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { doneOf } from './program.ts';
import type { Line, Program } from './program.ts';
import { Stage } from './stage.ts';
import type { HubProgram, Outcome } from './stage.ts';

/** A closed hub and the devices that were invited to it. */
export class Trust implements AsyncDisposable {
  readonly stage: Stage;
  readonly hub: HubProgram;

  private constructor(stage: Stage, hub: HubProgram) {
    this.stage = stage;
    this.hub = hub;
  }

  static async open(): Promise<Trust> {
    const stage = await Stage.open();
    await writeFile(join(await stage.folder('letters'), 'a.txt'), 'a letter');
    return new Trust(stage, await stage.hub({ open: false }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }

  get source(): string {
    return this.stage.path('letters');
  }

  async admin(...args: string[]): Promise<readonly Line[]> {
    const [verb = '', ...rest] = args;
    const ended = await this.stage.start('rbbackupd', [verb, this.hub.dir, ...rest]).ended;
    assert.equal(ended.status, 0, ended.stderr);
    return ended.lines;
  }

  async invite(name: string, ...args: string[]): Promise<string> {
    return String((await this.admin('invite', name, ...args))[0]?.['text']);
  }

  device(name: string): Device {
    return new Device(this.stage, name);
  }

  /** A device that has accepted an invitation. */
  async invited(user: string, device: string = user, ...args: string[]): Promise<Device> {
    const made = this.device(device);
    assert.equal((await made.run('login', await this.invite(user, ...args))).status, 0);
    return made;
  }
}

/** A machine: a configuration folder and a host name. */
export class Device {
  readonly name: string;
  readonly configDir: string;
  readonly #stage: Stage;

  constructor(stage: Stage, name: string) {
    this.#stage = stage;
    this.name = name;
    this.configDir = stage.path('config', name);
  }

  start(...args: string[]): Program {
    return this.#stage.start('rbbackup', [
      ...args,
      '--config',
      this.configDir,
      '--host',
      `host-${this.name}`,
      '--json',
    ]);
  }

  async run(...args: string[]): Promise<Outcome> {
    const ended = await this.start(...args).ended;
    return { ...ended, done: doneOf(ended) };
  }

  async backup(path: string): Promise<string> {
    const { status, done } = await this.run('-rd', path);
    assert.equal(status, 0, JSON.stringify(done));
    return String(done['snapshot']);
  }

  async isRefused(code: string, ...args: string[]): Promise<void> {
    const { status, done } = await this.run(...args);
    assert.deepEqual(
      [status, done['ok'], done['code']],
      [5, false, code],
      `${args.join(' ')}: ${JSON.stringify(done)}`,
    );
    assert(String(done['message']).length > 20);
  }
}
