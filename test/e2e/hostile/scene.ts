/** A real hub with an honest origin and two real destinations, for attacks on it. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { isRbError } from '../../../src/base/errors.ts';
import type { ErrorCode } from '../../../src/base/errors.ts';
import type { Line, Program } from '../program.ts';
import { Stage } from '../stage.ts';
import type { Client, HubProgram } from '../stage.ts';
import { assertSameTree, describeTree } from '../trees.ts';
import type { BadTree } from './bad-trees.ts';
import { logIn, MACHINE, ScriptedOrigin } from './visitor.ts';

/** Far above what a small hub needs, far below what it would take to believe a lie about lengths. */
const MOST_RESIDENT_KIB = 450 * 1024;

export class Scene implements AsyncDisposable {
  readonly stage: Stage;
  readonly hub: HubProgram;
  /** An honest user. */
  readonly eva: Client;
  /** The user whose origin is hostile; the destination is a real one. */
  readonly mal: Client;
  readonly evaDir: string;
  readonly malDir: string;
  readonly malDestination: Program;
  readonly evaDestination: Program;
  #rounds = 0;
  #sets = 0;

  private constructor(
    stage: Stage,
    hub: HubProgram,
    eva: Client,
    mal: Client,
    destinations: readonly [Program, Program],
  ) {
    this.stage = stage;
    this.hub = hub;
    this.eva = eva;
    this.mal = mal;
    this.evaDir = stage.path('eva-copy');
    this.malDir = stage.path('mal-copy');
    [this.evaDestination, this.malDestination] = destinations;
  }

  static async open(): Promise<Scene> {
    const stage = await Stage.open();
    const hub = await stage.hub();
    await writeFile(join(await stage.folder('outside'), 'canary'), 'untouched');
    await writeFile(join(await stage.folder('letters'), 'a.txt'), 'first');
    const eva = hub.client('eva');
    const mal = hub.client('mal');
    const destinations = [
      await eva.receive(stage.path('eva-copy')),
      await mal.receive(stage.path('mal-copy')),
    ] as const;
    return new Scene(stage, hub, eva, mal, destinations);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }

  /** Runs an attack while an honest backup is made, and looks that nothing but the attack has failed. */
  async during(attack: () => Promise<void>): Promise<void> {
    const before = this.outside();
    await writeFile(this.stage.path('letters', 'round.txt'), `round ${++this.#rounds}`);
    const honest = this.eva.backup(this.stage.path('letters'), '--copies', '1');
    const [attacked, done] = await Promise.allSettled([attack(), honest]);
    if (attacked.status === 'rejected') throw attacked.reason;
    assert.equal(done.status, 'fulfilled', String((done as PromiseRejectedResult).reason));
    assertSameTree(this.eva.tree(this.evaDir, 'letters'), this.stage.path('letters'));
    assert.deepEqual(this.outside(), before);
    await this.assertAlive();
  }

  newSet(): string {
    return `set-${++this.#sets}`;
  }

  /** Starts a run and expects the hub to refuse what `attack` does in it, with a line in its log: its message. */
  async refuses(
    code: ErrorCode,
    what: string,
    attack: (origin: ScriptedOrigin) => Promise<void>,
  ): Promise<string> {
    const from = this.logLength;
    const set = this.newSet();
    const origin = new ScriptedOrigin(await logIn(this.hub.port, 'mal'), set);
    await origin.start();
    const said = await attack(origin)
      .then(async () => await origin.committed())
      .then(
        () => null,
        (error: unknown) => error,
      );
    assert(said !== null, `${what}: it was committed`);
    assert(isRbError(said, code), `${what}: ${inspect(said)}`);
    const { message } = await this.logged(code, from);
    origin.connection.close();
    assert(!existsSync(join(this.malDir, `mal@${MACHINE}`, set, 'evil')), what);
    return String(message);
  }

  async refusesTree({ code, what, ...tree }: BadTree): Promise<string> {
    return await this.refuses(code, what, async (origin) => {
      await origin.giveTree(tree);
      await origin.finish();
    });
  }

  /** Everything of the stage that no honest program changes in the meantime. */
  outside(): string[] {
    return describeTree(this.stage.dir, ['hub', 'config', 'letters', 'eva-copy', 'mal-copy']).slice(
      1,
    );
  }

  async assertAlive(): Promise<void> {
    const programs = { hub: this.hub.program, eva: this.evaDestination, mal: this.malDestination };
    for (const [name, { child }] of Object.entries(programs)) {
      assert.equal(child.exitCode ?? child.signalCode, null, `${name} has ended`);
    }
    const status = await readFile(`/proc/${this.hub.program.pid}/status`, 'latin1');
    const peakKib = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
    assert(peakKib < MOST_RESIDENT_KIB, `the hub has taken ${peakKib} KiB`);
  }

  /** The hub's next line about something that failed with a code; nothing in its log may reach a terminal. */
  async logged(code: ErrorCode, from: number): Promise<Line> {
    const line = await this.hub.program.line(
      (one) => one['code'] === code,
      `a line about ${code}`,
      from,
    );
    assert.match(
      String(line['message']),
      /^[\u0020-\u007e\u00a0-\uffff]+$/,
      'an unescaped character in the log',
    );
    return line;
  }

  /** Lines of the hub's log so far. */
  get logLength(): number {
    return this.hub.program.lines.length;
  }
}
