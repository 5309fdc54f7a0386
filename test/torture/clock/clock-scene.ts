/** A hub, an origin and a destination, each with a clock of its own that goes wrong; and what must hold all the same. */

import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ChangingTree, TINY_TREE, noise } from '../../e2e/kill/changing-tree.ts';
import { doneOf } from '../../e2e/program.ts';
import type { Program } from '../../e2e/program.ts';
import { Stage } from '../../e2e/stage.ts';
import type { Client, HubProgram } from '../../e2e/stage.ts';
import { describeTree } from '../../e2e/trees.ts';
import { FakeTime } from './fake-time.ts';

export const YEAR_SEC: number = 365 * 24 * 3600;
/** Of the same size as before and after, and of the same time: only its ctime tells that it was written. */
const SLY_FILE = 'sly.bin';
const SLY_BYTES = 5000;
/** The longest that a command takes here, for looking whose clock a time is of. */
const SLACK_MS = 120_000;
/** So that a run lasts about a second, and a clock can jump while it does. */
const LIMIT = '300k';

export type Clocks = {
  readonly hub: FakeTime;
  readonly origin: FakeTime;
  readonly destination: FakeTime;
};

/** Seconds that each clock is off. */
export type Offsets = Readonly<Record<keyof Clocks, number>>;

export class ClockScene implements AsyncDisposable {
  readonly stage: Stage;
  readonly clocks: Clocks;
  readonly #tree: ChangingTree;
  readonly #hub: HubProgram;
  readonly #client: Client;
  readonly #copyDir: string;
  #destination: Program;
  /** Oldest first: what the folder was like, by the snapshot that was made of it. */
  readonly #history: { readonly id: string; readonly tree: readonly string[] }[] = [];
  #slySeed = 0;

  private constructor(
    stage: Stage,
    clocks: Clocks,
    tree: ChangingTree,
    hub: HubProgram,
    destination: Program,
  ) {
    this.stage = stage;
    this.clocks = clocks;
    this.#tree = tree;
    this.#hub = hub;
    this.#client = hub.client('ana');
    this.#copyDir = stage.path('copy');
    this.#destination = destination;
  }

  /** Keys, certificates and all else are made by clocks that are off like this. */
  static async open(seed: number, offsets: Offsets): Promise<ClockScene> {
    const stage = await Stage.open();
    const clock = (name: keyof Clocks): FakeTime =>
      new FakeTime(stage.path(`clock-${name}`), offsets[name]);
    const clocks = {
      hub: clock('hub'),
      origin: clock('origin'),
      destination: clock('destination'),
    };
    const tree = await ChangingTree.make(stage.path('work'), TINY_TREE, seed);
    const hub = await stage.hub({ env: clocks.hub.env });
    const destination = startDestination(hub.client('ana'), stage.path('copy'), clocks);
    await destination.event('connected');
    return new ClockScene(stage, clocks, tree, hub, destination);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }

  /**
   * The folder's next version is backed up and copied.
   * @param during is called in the middle of the run
   */
  async run(during: () => void = () => undefined): Promise<void> {
    await this.#tree.advance();
    this.#writeSlyly();
    const earliest = Date.now();
    const { under } = this.clocks.origin;
    const args = ['-rd', this.#tree.root, '--copies', '1', '--limit', LIMIT];
    const origin = this.#client.start(args, undefined, { under });
    const middle = origin.line(
      ({ event, phase }) => event === 'progress' && phase !== 'starting',
      'progress',
    );
    await middle.then(during);
    const ended = await origin.ended;
    const done = doneOf(ended);
    assert.equal(ended.status, 0, `${JSON.stringify(done)} ${ended.stderr}`);
    this.#assertSame(this.#client.tree(this.#copyDir, 'work'));
    const id = String(done['snapshot']);
    this.#history.push({ id, tree: describeTree(this.#tree.root) });
    await this.#assertHistory(earliest);
  }

  /** The hub, or the destination, ends and starts anew. */
  async restart(who: 'hub' | 'destination'): Promise<void> {
    if (who === 'hub') {
      await this.#hub.program.stop();
      await this.#hub.restart();
      return;
    }
    await this.#destination.stop();
    this.#destination = startDestination(this.#client, this.#copyDir, this.clocks);
    await this.#destination.event('connected');
  }

  /** Every snapshot can be restored, the copy is what it was verified to be, and the vault is whole. */
  async assertAllThere(): Promise<void> {
    const { under } = this.clocks.origin;
    for (const { id, tree } of this.#history) {
      const into = this.stage.path(`back-${id.slice(0, 8)}`);
      const ended = await this.#client.start(['restore', id, into], undefined, { under }).ended;
      assert.equal(ended.status, 0, JSON.stringify(ended.lines.at(-1)));
      assert.deepEqual(describeTree(into, []), tree, 'what was restored is not what was backed up');
      rmSync(into, { recursive: true });
    }
    await this.#destination.stop();
    const verify = { under: this.clocks.destination.under };
    const verified = await this.#client.start(['verify', this.#copyDir], undefined, verify).ended;
    assert.equal(verified.status, 0, JSON.stringify(verified.lines.at(-1)));
    this.#assertSame(this.#client.tree(this.#copyDir, 'work'));
    this.#destination = startDestination(this.#client, this.#copyDir, this.clocks);
    await this.#destination.event('connected');
    const check = ['check', this.#hub.dir, '--read-data', '--json'];
    const checked = await this.stage.start('rbbackupd', check, this.clocks.hub.env).ended;
    assert.equal(checked.status, 0, JSON.stringify(checked.lines));
  }

  /** No snapshot is missing; they are in the order in which they were made, and their times are the hub's. */
  async #assertHistory(earliest: number): Promise<void> {
    const { lines, status } = await this.#client.run(['snapshots']);
    assert.equal(status, 0);
    const listed = lines.filter(({ event }) => event === 'snapshot');
    const times = new Map(listed.map((line) => [String(line['snapshot']), Number(line['timeMs'])]));
    const ours = this.#history.map(({ id }) => times.get(id));
    assert(!ours.includes(undefined), `a snapshot is missing: ${JSON.stringify(lines)}`);
    const inOrder = (ours as number[]).toSorted((a, b) => a - b);
    assert.deepEqual(ours, inOrder, 'the snapshots are not in the order in which they were made');
    assert.equal(new Set(ours).size, ours.length, 'two snapshots of a set have one time');
    const [last = 0, before = 0] = inOrder.toReversed();
    const hubMs = earliest + this.clocks.hub.offsetMs;
    const isHubs = last >= hubMs - SLACK_MS && last <= hubMs + SLACK_MS;
    // Where the hub's clock went back, or jumped in the middle, it is just behind the one before.
    assert(isHubs || last - before < SLACK_MS, `${new Date(last).toISOString()} is not the hub's`);
  }

  #assertSame(copy: string): void {
    const [found, expected] = [describeTree(copy), describeTree(this.#tree.root)];
    assert.deepEqual(found, expected, 'it was called verified, but is not so');
  }

  /** Changes a file so that neither its size nor its time tells of it. */
  #writeSlyly(): void {
    const path = join(this.#tree.root, SLY_FILE);
    const before = statSync(path, { throwIfNoEntry: false });
    const content = noise(SLY_BYTES, ++this.#slySeed);
    if (before !== undefined) assert(!readFileSync(path).equals(content));
    writeFileSync(path, content);
    const time = new Date(1_600_000_000_000);
    utimesSync(path, time, time);
  }
}

function startDestination(client: Client, dir: string, { destination }: Clocks): Program {
  return client.start(['receive', dir], undefined, { under: destination.under });
}
