/** A hub, a tree that goes from version to version, a destination with a good connection, and a way with faults for everybody else. */

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { ChangingTree } from '../../e2e/kill/changing-tree.ts';
import type { TreeSize } from '../../e2e/kill/changing-tree.ts';
import { contentsOf, folderBytes } from '../../e2e/kill/tree-moment.ts';
import type { Contents } from '../../e2e/kill/tree-moment.ts';
import { doneOf } from '../../e2e/program.ts';
import type { Ended, Line, Program } from '../../e2e/program.ts';
import { HubProgram, received } from '../../e2e/stage.ts';
import type { Client, Stage } from '../../e2e/stage.ts';
import { assertSameTree } from '../../e2e/trees.ts';
import { FaultyWay } from './faulty-way.ts';
import type { Direction } from './trap.ts';

export type Carrier = 'tcp' | 'udp';

/** Most of each version's 3 MB of new contents are files of their own: what is sent twice is counted by them. */
export const NET_TREE: TreeSize = {
  largeBytes: 1024 * 1024,
  regionBytes: 100_000,
  files: 100,
  mostBytes: 300_000,
  many: 20,
};

/** What a slow link carries in a minute. */
export const SLOW_TREE: TreeSize = {
  largeBytes: 220_000,
  regionBytes: 100_000,
  files: 10,
  mostBytes: 6000,
  many: 20,
};

/** Whoever has a good connection has a version after so long, whatever becomes of the others. */
const STEADY_WITHIN_MS = 20_000;

/** How clients far from the hub reach it. */
export interface Way extends AsyncDisposable {
  readonly address: string;
  /** All that went over it. */
  bytes(direction: Direction): number;
  /** Connections are lost, so that whoever is waiting connects anew. */
  hangUp(): void;
}

/** Where programs run: what starts them, in networks of their own. */
export type Places = { readonly near: readonly string[]; readonly far: readonly string[] };

export type SceneOptions = {
  readonly carrier: Carrier;
  readonly seed: number;
  readonly size?: TreeSize;
  /** Default: the loopback. */
  readonly places?: Places;
  /** Makes the way to a hub's port. */
  readonly way: (port: number) => Promise<Way>;
};

export class Scene implements AsyncDisposable {
  readonly stage: Stage;
  readonly client: Client;
  readonly way: Way;
  readonly tree: ChangingTree;
  before: Contents;
  after: Contents;
  readonly #options: SceneOptions;
  readonly #steady: Program;
  /** Without faults; where the hub is does not show. */
  readonly #fair: FaultyWay | null;
  #hub: HubProgram;

  private constructor(
    stage: Stage,
    options: SceneOptions,
    hub: HubProgram,
    ways: { readonly way: Way; readonly fair: FaultyWay | null },
    tree: ChangingTree,
  ) {
    this.stage = stage;
    this.#options = options;
    this.#hub = hub;
    this.client = hub.client('ana');
    this.way = ways.way;
    this.#fair = ways.fair;
    this.tree = tree;
    this.before = new Map();
    this.after = contentsOf(tree.root);
    this.#steady = this.here(['receive', stage.path('steady'), '--as', 'steady']);
  }

  static async open(stage: Stage, options: SceneOptions): Promise<Scene> {
    const { seed, size = NET_TREE, places } = options;
    const tree = await ChangingTree.make(stage.path('work'), size, seed);
    const hub = await startHub(stage, places);
    const fair = places === undefined ? await FaultyWay.open(hub.port, seed) : null;
    const ways = { way: await options.way(hub.port), fair };
    const scene = new Scene(stage, options, hub, ways, tree);
    await scene.steadyHas(scene.done(await scene.here(['-rd', tree.root]).ended)['snapshot']);
    return scene;
  }

  /** The next version of the tree. */
  async advance(): Promise<void> {
    await this.tree.advance();
    this.before = this.after;
    this.after = contentsOf(this.tree.root);
  }

  /** The hub ends and is back at another port, where the same name leads from then on. */
  async moveHub(): Promise<void> {
    assert(this.#fair !== null && this.way instanceof FaultyWay);
    await this.#hub.program.kill();
    this.#hub = await startHub(this.stage, undefined);
    for (const way of [this.#fair, this.way]) way.retarget(this.#hub.port);
  }

  /** Starts a command with a good connection. */
  here(args: readonly string[]): Program {
    const server = this.#fair?.address ?? this.#hub.address;
    return this.#start(args, 'tcp', server, this.#options.places?.far);
  }

  /** Starts a command over the faulty way. */
  yonder(args: readonly string[]): Program {
    const { carrier, places } = this.#options;
    return this.#start(args, carrier, this.way.address, places?.near);
  }

  #start(
    args: readonly string[],
    carrier: Carrier,
    server: string,
    under: readonly string[] | undefined,
  ): Program {
    const where = under === undefined ? {} : { under };
    return this.client.start([...args, '--transport', carrier], server, where);
  }

  /** What a program said last, which must be that all is well. */
  done(ended: Ended): Line {
    const done = doneOf(ended);
    assert.equal(ended.status, 0, `${JSON.stringify(done)}\n${ended.stderr}`);
    assert.equal(done['ok'], true);
    return done;
  }

  /** Waits until the destination with the good connection has a snapshot, which is to take no time, and looks at every byte. */
  async steadyHas(snapshot: unknown): Promise<void> {
    const beganMs = performance.now();
    await received(this.#steady, snapshot);
    const tookMs = performance.now() - beganMs;
    assert(tookMs < STEADY_WITHIN_MS, `the steady destination took ${Math.round(tookMs)} ms`);
    this.assertTree('steady');
  }

  /** A destination's folder holds what the origin's holds. */
  assertTree(dir: string): void {
    assertSameTree(this.client.tree(this.stage.path(dir), 'work'), this.tree.root);
  }

  vaultBytes(): number {
    return folderBytes(join(this.#hub.dir, 'packs'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.way[Symbol.asyncDispose]();
    await this.#fair?.[Symbol.asyncDispose]();
  }
}

/** One that nobody finds but who is told, in the far network if there is one. */
async function startHub(stage: Stage, places: Places | undefined): Promise<HubProgram> {
  const dir = stage.path('hub');
  const host = places === undefined ? '127.0.0.1' : '0.0.0.0';
  const args = [
    dir,
    '--listen',
    `${host}:0`,
    '--console',
    'off',
    '--open',
    '--no-announce',
    '--json',
  ];
  const where = places === undefined ? {} : { under: places.far };
  const program = stage.start('rbbackupd', args, undefined, where);
  const { port } = await program.event('listening');
  return new HubProgram(stage, program, dir, Number(port), {});
}

/** What a command that lost its hub may say, and nothing else. */
export function assertLost(ended: Ended, codes: readonly string[]): void {
  const done = doneOf(ended);
  const said = `${ended.status} ${JSON.stringify(done)}\n${ended.stderr}`;
  assert.equal(ended.status, 1, said);
  assert.equal(done['ok'], false, said);
  assert(codes.includes(String(done['code'])), said);
  assert.match(String(done['message']), /^[A-Z].*[.]$/s, said);
  assert.doesNotMatch(ended.stderr, /\n\s+at /, said);
}
