/** Real clients at a scripted hub. */

import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Line, Program } from '../program.ts';
import { Stage } from '../stage.ts';
import { describeTree } from '../trees.ts';
import { ScriptedHub, USER } from './scripted-hub.ts';
import { MACHINE } from './visitor.ts';

export class HubScene implements AsyncDisposable {
  readonly stage: Stage;
  hub: ScriptedHub;
  #folders = 0;

  private constructor(stage: Stage, hub: ScriptedHub) {
    this.stage = stage;
    this.hub = hub;
  }

  static async open(): Promise<HubScene> {
    const stage = await Stage.open();
    await writeFile(join(await stage.folder('outside'), 'canary'), 'untouched');
    return new HubScene(stage, await ScriptedHub.start());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub[Symbol.asyncDispose]();
    await this.stage[Symbol.asyncDispose]();
  }

  /** Another hub, at another port, that says nothing wrong yet. */
  async renew(): Promise<void> {
    await this.hub[Symbol.asyncDispose]();
    this.hub = await ScriptedHub.start();
  }

  newDir(): string {
    return this.stage.path('copies', `${++this.#folders}`);
  }

  /** Starts a command at the scripted hub, or at another, which is one by TCP. */
  start(
    args: readonly string[],
    more: readonly string[] = ['--json'],
    address: string = this.hub.address,
  ): Program {
    const common = ['--server', address, '--name', USER, '--host', MACHINE];
    if (address !== this.hub.address) common.push('--transport', 'tcp');
    return this.stage.start('rbbackup', [...args, ...common, ...more]);
  }

  /** Everything of the stage but copies and configuration. */
  outside(): string[] {
    return describeTree(this.stage.dir, ['copies', 'config']).slice(1);
  }

  /** Under a final name there is nothing but what a good piece says, and nothing new elsewhere. */
  assertNothingWrong(folder: string): void {
    for (const path of filesIn(folder)) {
      // Of a tree that turns out bad later on, good links may be in place: what counts is that nobody goes through them.
      if (lstatSync(join(folder, path)).isSymbolicLink()) continue;
      assert.match(path, /(?:^|\/)[a-z]+$/);
      assert.equal(readFileSync(join(folder, path), 'latin1'), 'good content', path);
    }
    assert.deepEqual(readdirSync(this.stage.path('outside')), ['canary']);
    assert(!existsSync('/tmp/rbbackup-evil'));
  }

  /** Lets a destination take all plays of the hub; answers how each of their transfers ended, by set. */
  async receiveAll(folder: string): Promise<{ program: Program; ends: Map<unknown, Line> }> {
    const program = this.start(['receive', folder]);
    const ends = new Map<unknown, Line>();
    for (const { offered } of this.hub.plays) {
      const isEnd = (line: Line): boolean => line.event === 'done' && line['set'] === offered.set;
      ends.set(offered.set, await program.line(isEnd, `an end of ${offered.set}`));
    }
    return { program, ends };
  }
}

/** Paths of the files and links in a folder. Links are not followed, as Node's own recursive listing does. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const paths: string[] = [];
  const walk = (below: string): void => {
    for (const item of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? item.name : `${below}/${item.name}`;
      if (item.name === '.rbbackup') continue;
      if (item.isDirectory()) walk(path);
      else paths.push(path);
    }
  };
  walk('');
  return paths.toSorted();
}
