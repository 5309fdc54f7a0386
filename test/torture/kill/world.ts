/** A folder with a hub, a tree that changes, a destination, and all that was promised of them. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { SharedArena } from '../../../src/base/shared-arena.ts';
import type { WorkerPool } from '../../../src/chunk/worker-pool.ts';
import { ChangingTree, TINY_TREE } from '../../e2e/kill/changing-tree.ts';
import { assertOldOrNew, contentsOf } from '../../e2e/kill/tree-moment.ts';
import type { Contents } from '../../e2e/kill/tree-moment.ts';
import { Program, doneOf } from '../../e2e/program.ts';
import type { Ended, Where } from '../../e2e/program.ts';
import { describeTree } from '../../e2e/trees.ts';
import { randomFrom } from '../../rebuild/random-tree.ts';
import type { Random } from '../../rebuild/random-tree.ts';
import type { AimBook } from './aims.ts';
import { assertTree, assertVaultWhole } from './look.ts';
import type { Tally } from './tally.ts';
import type { WorkBook } from './victim.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PLAIN: Where = { under: [] };
/** So long nothing takes that was started, however busy the machine is. */
export const HANG_MS = 300_000;

export type Books = {
  readonly aims: AimBook;
  readonly work: WorkBook;
  readonly tally: Tally;
  /** The program that kills others at a step; '' if there is none, and nothing aims at steps. */
  readonly tracer: string;
  readonly readers: WorkerPool;
  /** Where what arrives for the harness's own origin lies. */
  readonly arena: SharedArena;
};

/** A version of the tree: what is in it, and all that a copy must keep of it. */
export type Version = { readonly contents: Contents; readonly lines: readonly string[] };

export class World {
  readonly dir: string;
  readonly seed: number;
  readonly random: Random;
  readonly books: Books;
  readonly tree: ChangingTree;
  readonly #port: number;
  readonly #alive = new Set<Program>();
  /** By the id of a snapshot that was told as committed. */
  readonly told = new Map<string, Version>();
  /** For who reads of a fault. */
  doing = 'starting';
  lastStartMs = 0;
  hub: Program | null = null;
  destination: Program | null = null;
  /** What the destination has been seen to hold whole, and what the tree is now. */
  before: Version = { contents: new Map(), lines: [] };
  now: Version;
  /** What stands in the folder that is damaged and verified; null before it was filled. */
  kept: Version | null = null;

  private constructor(dir: string, seed: number, port: number, tree: ChangingTree, books: Books) {
    this.dir = dir;
    this.seed = seed;
    this.random = randomFrom(seed);
    this.#port = port;
    this.tree = tree;
    this.books = books;
    this.now = versionOf(tree.root);
  }

  static async make(dir: string, seed: number, port: number, books: Books): Promise<World> {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    const tree = await ChangingTree.make(join(dir, 'work'), TINY_TREE, seed);
    books.tally.worlds++;
    return new World(dir, seed, port, tree, books);
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  get hubAddress(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get copy(): string {
    return this.path('d1', 'ana@host-ana', 'work');
  }

  /** Makes the next version of the tree, once the one before is everywhere. */
  async advance(): Promise<void> {
    await this.tree.advance();
    this.now = versionOf(this.tree.root);
  }

  startHub(where: Where = PLAIN): Program {
    const listen = ['--listen', this.hubAddress, '--console', 'off', '--no-udp'];
    return this.startProgram(
      'rbbackupd',
      [this.path('hub'), ...listen, '--no-announce', '--open', '--json'],
      where,
    );
  }

  startCheck(where: Where = PLAIN): Program {
    return this.startProgram(
      'rbbackupd',
      ['check', this.path('hub'), '--read-data', '--json'],
      where,
    );
  }

  startClient(args: readonly string[], where: Where = PLAIN): Program {
    const server = ['--server', this.hubAddress, '--name', 'ana', '--host', 'host-ana'];
    return this.startProgram(
      'rbbackup',
      [...args, ...server, '--config', this.path('config'), '--json'],
      where,
    );
  }

  startProgram(name: 'rbbackup' | 'rbbackupd', args: readonly string[], where: Where): Program {
    this.lastStartMs = performance.now();
    const env: NodeJS.ProcessEnv = {
      NODE_COMPILE_CACHE: resolve(ROOT, 'node_modules/.cache/compile'),
      MALLOC_ARENA_MAX: '2',
    };
    const smallPacks = new URL('small-packs.ts', import.meta.url).href;
    if (name === 'rbbackupd') env['NODE_OPTIONS'] = `--import ${smallPacks}`;
    const program = new Program(name, args, env, where);
    this.#alive.add(program);
    void program.ended.then(() => this.#alive.delete(program));
    return program;
  }

  async ensureHub(): Promise<void> {
    if (this.hub !== null) return;
    this.hub = this.startHub();
    await this.hub.event('listening');
  }

  async ensureDestination(): Promise<void> {
    // It may be waiting long by now, for a hub that was away.
    if (this.destination?.lines.at(-1)?.event === 'disconnected')
      await this.killIdle('destination');
    this.destination ??= this.startClient(['receive', this.path('d1')]);
    await this.destination.event('connected');
  }

  /** Kills one that nobody disturbed so far, in the middle of nothing. */
  async killIdle(kind: 'hub' | 'destination'): Promise<void> {
    const program = this[kind];
    if (program === null) return;
    this[kind] = null;
    await program.kill();
    this.books.tally.add(kind, 'idle', null);
  }

  /** Backs the tree up with nobody in the way, to the destination too, and compares. */
  async finishBackup(): Promise<void> {
    await this.ensureHub();
    await this.ensureDestination();
    const origin = this.startBackup();
    this.ofBackup(await origin.ended, 0);
    this.compareCopy();
  }

  startBackup(where: Where = PLAIN, copies: readonly string[] = ['--copies', '1']): Program {
    return this.startClient(['-rd', this.tree.root, ...copies], where);
  }

  promised(snapshot: string): void {
    if (!this.told.has(snapshot)) this.books.tally.snapshotsTold++;
    this.told.set(snapshot, this.now);
  }

  /** Remembers what a backup of the tree as it is now has promised. @param status what it must have ended with, if known */
  ofBackup(ended: Ended, status: number | null): void {
    const { lines, stderr } = ended;
    for (const { event, snapshot } of lines)
      if ((event === 'committed' || event === 'done') && typeof snapshot === 'string')
        this.promised(snapshot);
    if (status !== null)
      assert.equal(ended.status, status, `${JSON.stringify(lines.slice(-3))}\n${stderr}`);
  }

  /** Called when somebody said that the destination holds a verified copy of the newest version. */
  compareCopy(): void {
    assertTree(this.copy, this.now.lines, 'the copy is not as its source');
    this.books.tally.treesCompared++;
    this.before = this.now;
  }

  /** Whatever happened: each file of the copy is wholly of the version before or wholly of this one. */
  lookAtCopy(when: string): void {
    assertOldOrNew(this.copy, this.before.contents, this.now.contents, when);
  }

  async lookAtVault(): Promise<void> {
    if (!existsSync(this.path('hub', 'catalog.db')) && this.told.size === 0) return;
    await assertVaultWhole(
      this.path('hub'),
      this.path('look'),
      this.told.keys(),
      this.books.readers,
    );
    this.books.tally.vaultsRead++;
  }

  /** How everything stands, for who reads of a fault. */
  describe(): string {
    return [...this.#alive]
      .map(
        (program) =>
          `${program.child.spawnargs.slice(-14).join(' ')}\n    ${JSON.stringify(program.lines.slice(-4))} ${program.stderr}`,
      )
      .join('\n  ');
  }

  async end(): Promise<void> {
    await Promise.all([...this.#alive].map(async (program) => await program.kill()));
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

export function versionOf(root: string): Version {
  return { contents: contentsOf(root), lines: describeTree(root) };
}

/** The last line of a command that must have worked. */
export function assertDone(ended: Ended, what: string): ReturnType<typeof doneOf> {
  assert.equal(
    ended.status,
    0,
    `${what}: ${JSON.stringify(ended.lines.slice(-5))}\n${ended.stderr}`,
  );
  return doneOf(ended);
}
