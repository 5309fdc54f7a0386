import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { randomFrom } from '../../rebuild/random-tree.ts';
import { ChangingTree, LARGE_TREE } from './changing-tree.ts';
import {
  arrivedBytes,
  assertOldOrNew,
  contentsOf,
  folderBytes,
  writtenBytes,
} from './tree-moment.ts';
import type { Contents } from './tree-moment.ts';
import type { Line, Program } from '../program.ts';
import { doneOf } from '../program.ts';
import type { Client, HubProgram, Stage } from '../stage.ts';
import { isUdp } from '../transport-choice.ts';
import { assertSameTree } from '../trees.ts';

const SEED = 20_261_121;
/** Of a run, at which it is killed. */
export const MOMENTS = 10;
const MIB = 1024 * 1024;
/** Offers, log items, pages, and chunks that reach over the ends of what is new. */
const SLACK_BYTES = 3 * MIB;

export type Victim = 'origin' | 'hub' | 'destination';

/** One version's way to two destinations, with the kill on it. */
type Round = {
  readonly when: string;
  readonly before: Contents;
  readonly after: Contents;
  /** What the vault held before the run, after the kill, and at the end. */
  readonly vaultBytes: [number, number, number];
};

/** A set with two destinations, one version of which after the other is on its way when somebody is killed. */
export class Ordeal {
  readonly #victim: Victim;
  readonly #hub: HubProgram;
  readonly #client: Client;
  readonly #tree: ChangingTree;
  readonly #dirs: readonly [string, string];
  readonly #destinations: [Program, Program];
  readonly #random = randomFrom(SEED);
  #before: Contents;
  #expectedBytes = 0;

  private constructor(
    victim: Victim,
    hub: HubProgram,
    tree: ChangingTree,
    dirs: readonly [string, string],
    destinations: [Program, Program],
  ) {
    this.#victim = victim;
    this.#hub = hub;
    this.#client = hub.client('ana');
    this.#tree = tree;
    this.#dirs = dirs;
    this.#destinations = destinations;
    this.#before = contentsOf(tree.root);
  }

  static async begin(stage: Stage, victim: Victim): Promise<Ordeal> {
    const tree = await ChangingTree.make(stage.path('work'), LARGE_TREE, SEED);
    const hub = await stage.hub();
    const dirs = [stage.path('d1'), stage.path('d2')] as const;
    const client = hub.client('ana');
    const destinations: [Program, Program] = [
      await client.receive(dirs[0]),
      await client.receive(dirs[1]),
    ];
    await client.backup(tree.root, '--copies', '2');
    const ordeal = new Ordeal(victim, hub, tree, dirs, destinations);
    ordeal.assertEqual();
    await ordeal.#measure();
    return ordeal;
  }

  assertEqual(): void {
    for (const dir of this.#dirs) assertSameTree(this.#client.tree(dir, 'work'), this.#tree.root);
  }

  /** How much the victim writes in a run that nobody disturbs. */
  async #measure(): Promise<void> {
    await this.#nextVersion();
    const origin = this.#startOrigin();
    const victim = this.#program(origin);
    const startBytes = victim === origin ? 0 : writtenBytes(victim.pid);
    let endBytes = startBytes;
    for (; endOf(origin) === null; await pause(2)) endBytes = this.#lastWritten(victim, endBytes);
    assert.equal((await origin.ended).status, 0);
    this.#expectedBytes = endBytes - startBytes;
    assert(this.#expectedBytes > MIB);
  }

  async #nextVersion(): Promise<Contents> {
    await this.#tree.advance();
    const before = this.#before;
    this.#before = contentsOf(this.#tree.root);
    return before;
  }

  #startOrigin(): Program {
    return this.#client.start(['-rd', this.#tree.root, '--copies', '2', '--verbose']);
  }

  #program(origin: Program): Program {
    if (this.#victim === 'origin') return origin;
    return this.#victim === 'hub' ? this.#hub.program : this.#destinations[0];
  }

  /** @returns what of the run's bytes were there when it went on */
  async round(number: number): Promise<{ had: number; all: number }> {
    const before = await this.#nextVersion();
    const vaultBytes = this.#vaultBytes();
    const origin = this.#startOrigin();
    const when = await this.#untilMoment(origin, number);
    const round: Round = { when, before, after: this.#before, vaultBytes: [vaultBytes, 0, 0] };
    if (this.#victim === 'origin') return await this.#killOrigin(origin, round);
    if (this.#victim === 'hub') return await this.#killHub(origin, round);
    return await this.#killDestination(origin, round);
  }

  /** The first moments are by what the victim has written, spread over the run; the last two by what the origin says. */
  async #untilMoment(origin: Program, number: number): Promise<string> {
    const said = [null, 'committing', 'committed'][Math.max(0, number - MOMENTS + 3)];
    const say = (line: Line): boolean => line.event === said || line['phase'] === said;
    if (said !== null && said !== undefined) {
      await origin.line(say, said);
      return `when the origin said ${said}`;
    }
    const victim = this.#program(origin);
    const share = (number + this.#random(100) / 100) / (MOMENTS - 2);
    const startBytes = victim === origin ? 0 : writtenBytes(victim.pid);
    const enough = startBytes + share * this.#expectedBytes;
    while (endOf(origin) === null && this.#lastWritten(victim, 0) < enough) await pause(1);
    return `after ${Math.round(share * 100)} % of the run`;
  }

  async #killOrigin(origin: Program, round: Round): Promise<{ had: number; all: number }> {
    const from = this.#hub.program.lines.length;
    await origin.kill();
    const isOver = origin.lines.at(-1)?.event === 'done';
    const isLogged = (line: Line): boolean =>
      ['run-failed', 'origin-left', 'client-disconnected'].includes(line.event);
    if (!isOver) await this.#hub.program.line(isLogged, 'a line about the lost origin', from);
    round.vaultBytes[1] = this.#vaultBytes();
    this.#assertWhole(round);
    return await this.#again(round);
  }

  async #killHub(origin: Program, round: Round): Promise<{ had: number; all: number }> {
    await this.#hub.program.kill();
    const { status, lines } = await origin.ended;
    const done = lines.at(-1);
    // Too late to do the run any harm, or in the middle of it, or while it waited for the copies.
    const isFair =
      status === 0 || status === 4 || (status === 1 && done?.['code'] === 'connection-lost');
    assert(isFair, `${round.when}: ${status} ${JSON.stringify(done)}`);
    round.vaultBytes[1] = this.#vaultBytes();
    this.#assertWhole(round);
    await this.#hub.restart();
    return await this.#again(round);
  }

  /** Runs the same backup once more, and looks what that took. */
  async #again(round: Round): Promise<{ had: number; all: number }> {
    const done = await this.#client.backup(this.#tree.root, '--copies', '2');
    round.vaultBytes[2] = this.#vaultBytes();
    const [start, atKill, end] = round.vaultBytes;
    const sent = Number(done['sentBytes']);
    assert(
      sent <= end - atKill + SLACK_BYTES,
      `${round.when}: ${sent} bytes were sent, though only ${end - atKill} were missing`,
    );
    this.#assertEnd(round);
    return { had: atKill - start, all: end - start };
  }

  async #killDestination(origin: Program, round: Round): Promise<{ had: number; all: number }> {
    const [dir] = this.#dirs;
    const { size, root: source, regionAt } = this.#tree;
    await this.#destinations[0].kill();
    const root = this.#client.tree(dir, 'work');
    const found = assertOldOrNew(root, round.before, round.after, round.when);
    const region = { path: join(source, 'large.bin'), at: regionAt, bytes: size.regionBytes };
    const had = arrivedBytes(dir, root, found, round.before, region);
    this.#destinations[0] = await this.#client.receive(dir);
    const { status, lines, stderr } = await origin.ended;
    assert.equal(status, 0, `${round.when}: ${stderr} ${JSON.stringify(lines.at(-1))}`);
    const { snapshot } = doneOf(await origin.ended) as { snapshot?: unknown };
    const all = this.#vaultBytes() - round.vaultBytes[0];
    const got = this.#destinations[0].lines.find((line) => line['snapshot'] === snapshot);
    const receivedBytes = Number(got?.['receivedBytes'] ?? 0);
    assert(
      receivedBytes <= all - had + SLACK_BYTES,
      `${round.when}: ${receivedBytes} bytes were received, though ${had} of ${all} were here`,
    );
    this.#assertEnd(round);
    return { had, all };
  }

  /** What a victim has written by now; as before if it has ended. What goes over UDP the system doesn't count: what it says. */
  #lastWritten(victim: Program, before: number): number {
    if (isUdp && this.#victim === 'origin') {
      const said = victim.lines.findLast(({ event }) => event === 'progress');
      return Number(said?.['bytes'] ?? 0);
    }
    try {
      return writtenBytes(victim.pid);
    } catch {
      return before;
    }
  }

  #vaultBytes(): number {
    return folderBytes(join(this.#hub.dir, 'packs'));
  }

  #assertWhole({ before, after, when }: Round): void {
    for (const dir of this.#dirs)
      assertOldOrNew(this.#client.tree(dir, 'work'), before, after, when);
  }

  #assertEnd({ after, when }: Round): void {
    assert.deepEqual(contentsOf(this.#client.tree(this.#dirs[0], 'work')), after, when);
  }
}

function endOf({ child }: Program): number | NodeJS.Signals | null {
  return child.exitCode ?? child.signalCode;
}
