/** A hub, a destination and a changing folder, one of which meets a fault of its disk; and what must hold then. */

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

import { ChangingTree, TINY_TREE } from '../../e2e/kill/changing-tree.ts';
import { doneOf } from '../../e2e/program.ts';
import type { Ended, Line, Program } from '../../e2e/program.ts';
import { Stage } from '../../e2e/stage.ts';
import type { Client, HubProgram } from '../../e2e/stage.ts';
import { describeTree } from '../../e2e/trees.ts';
import type { Fault } from './faults.ts';
import { hitsIn, injectInto, lackFiles, straceArgs } from './inject.ts';
import type { Injected } from './inject.ts';

/** Longer than a destination waits before it tries again. */
const BY_ITSELF_MS = 60_000;
/** Nothing here takes as long; whatever does hangs. */
const MOST_MS = 90_000;
const doneless: Line = { event: '' };

/** What came of one fault. */
export type Outcome = {
  /** Calls that were hit; 0: the program makes no such call any more. */
  readonly hits: number;
  /** Whether the command said that it had failed, or only in part. */
  readonly failed: boolean;
  /** What it said. */
  readonly said: string;
};

export class Scene implements AsyncDisposable {
  readonly #stage: Stage;
  readonly #tree: ChangingTree;
  readonly #hub: HubProgram;
  readonly #client: Client;
  readonly #destination: Program;
  readonly #copy: string;
  #steps = 0;

  private constructor(
    stage: Stage,
    tree: ChangingTree,
    hub: HubProgram,
    client: Client,
    destination: Program,
  ) {
    this.#stage = stage;
    this.#tree = tree;
    this.#hub = hub;
    this.#client = client;
    this.#destination = destination;
    this.#copy = client.tree(stage.path('copy'), 'work');
  }

  static async open(seed: number): Promise<Scene> {
    const stage = await Stage.open();
    const tree = await ChangingTree.make(stage.path('work'), TINY_TREE, seed);
    const hub = await stage.hub();
    const client = hub.client('ana');
    const destination = await client.receive(stage.path('copy'));
    await client.backup(tree.root, '--copies', '1');
    return new Scene(stage, tree, hub, client, destination);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage[Symbol.asyncDispose]();
  }

  /** One run with the fault at the n-th call, and all that must hold during it and behind it. @throws if it does not */
  async step(fault: Fault, n: number): Promise<Outcome> {
    this.#steps++;
    if (fault.participant === 'restore') return await this.#restore(fault, n);
    await this.#tree.advance();
    if (fault.participant === 'origin') return await this.#origin(fault, n);
    return await this.#running(fault, n);
  }

  /** Everything in the vault is as it was written, and all of every snapshot is there. */
  async check(): Promise<void> {
    const args = ['check', this.#hub.dir, '--read-data', '--json'];
    const { status, lines } = await soon(this.#stage.start('rbbackupd', args).ended);
    assert.equal(status, 0, `the vault is not whole: ${JSON.stringify(lines.slice(-5))}`);
  }

  /** A hub or a destination that goes on running. */
  async #running(fault: Fault, n: number): Promise<Outcome> {
    const victim = fault.participant === 'hub' ? this.#hub.program : this.#destination;
    const from = this.#destination.lines.length;
    const injected = await this.#inject(victim.pid, fault, n);
    let ended: Ended;
    let hits = 0;
    try {
      ended = await soon(this.#client.start(this.#backup('1s')).ended);
    } finally {
      hits = await injected.release();
    }
    const done = doneOf(ended);
    assert.notEqual(ended.status, 3, `a fault elsewhere was taken for a bad read: ${said(ended)}`);
    if (ended.status === 0) this.#assertCopied('it was called verified');
    this.#assertFair(ended);
    this.#assertAlive();
    const isCommitted = ended.status === 0 || ended.status === 4;
    if (isCommitted) await this.#assertKept();
    await this.#assertGoesOn(isCommitted, done, from);
    return { hits, failed: ended.status !== 0, said: said(ended) };
  }

  async #origin(fault: Fault, n: number): Promise<Outcome> {
    const log = this.#log();
    const under = ['strace', '--seccomp-bpf', ...straceArgs(log, injectionOf(fault, n))];
    const ended = await soon(this.#client.start(this.#backup('20s'), undefined, { under }).ended);
    const hits = await hitsIn(log);
    // Where not even its own code could be read it says what Node says.
    const isSilent = ended.lines.at(-1)?.event !== 'done';
    assert(!isSilent || ended.status !== 0, 'it ended well and said nothing');
    if (!isSilent) this.#assertFair(ended);
    if (ended.status === 0) {
      this.#assertCopied('it was called verified');
      await this.#assertKept();
    }
    if (ended.status === 3) await this.#assertKept(skippedIn(doneOf(ended)));
    this.#assertAlive();
    await this.#assertGoesOn(false, doneless, 0);
    return { hits, failed: ended.status !== 0, said: said(ended) };
  }

  async #restore(fault: Fault, n: number): Promise<Outcome> {
    const into = this.#stage.path(`back-${this.#steps}`);
    const log = this.#log();
    const under = ['strace', '--seccomp-bpf', ...straceArgs(log, injectionOf(fault, n))];
    const args = ['restore', 'work@latest', into];
    const ended = await soon(this.#client.start(args, undefined, { under }).ended);
    const hits = await hitsIn(log);
    const isSilent = ended.lines.at(-1)?.event !== 'done';
    assert(!isSilent || ended.status !== 0, 'it ended well and said nothing');
    if (!isSilent) this.#assertFair(ended);
    if (ended.status === 0) this.#assertSame(into, 'it was called restored');
    const again = await soon(this.#client.start([...args, '--overwrite']).ended);
    assert.equal(again.status, 0, `the fault is gone, but: ${said(again)}`);
    // A folder that is there already, as it is after a failure, keeps the times that it has.
    this.#assertSame(into, 'it was restored once more', /^ \|/);
    await rm(into, { recursive: true, force: true });
    return { hits, failed: ended.status !== 0, said: said(ended) };
  }

  #backup(wait: string): string[] {
    return ['-rd', this.#tree.root, '--copies', '1', '--wait', wait];
  }

  async #inject(pid: number, fault: Fault, n: number): Promise<Injected> {
    if (fault.how === null) return lackFiles(pid);
    return await injectInto(pid, this.#log(), injectionOf(fault, n));
  }

  #log(): string {
    return this.#stage.path(`strace-${this.#steps}`);
  }

  /** Whatever fails says so in a sentence, with a code that is not "a fault of ours". */
  #assertFair(ended: Ended): void {
    const done = doneOf(ended);
    assert.equal(done['ok'], ended.status === 0 || ended.status === 3, said(ended));
    if (done['ok']) return;
    assert.notEqual(done['code'], 'internal', said(ended));
    assert(typeof done['message'] === 'string' && done['message'].length > 10, said(ended));
  }

  #assertAlive(): void {
    for (const [who, { child, lines, stderr }] of [
      ['hub', this.#hub.program],
      ['destination', this.#destination],
    ] as const) {
      const isOver = child.exitCode !== null || child.signalCode !== null;
      assert(!isOver, `the ${who} ended: ${JSON.stringify(lines.slice(-3))} ${stderr}`);
    }
  }

  #assertCopied(what: string): void {
    this.#assertSame(this.#copy, what);
  }

  #assertSame(copy: string, what: string, except: RegExp = /^$/): void {
    const [found, expected] = [copy, this.#tree.root].map((root) =>
      describeTree(root).filter((line) => !except.test(line)),
    ) as [string[], string[]];
    const wrong = expected.filter((line) => !found.includes(line));
    assert.deepEqual(wrong, [], `${what}, but is not so`);
    assert.equal(found.length, expected.length, `${what}, but holds more`);
  }

  /** What the hub has of the newest snapshot is the folder, but for what was said to be left out. */
  async #assertKept(except: readonly string[] = []): Promise<void> {
    const into = this.#stage.path(`kept-${this.#steps}`);
    const back = await soon(this.#client.start(['restore', 'work@latest', into]).ended);
    assert.equal(back.status, 0, `it was called committed, but: ${said(back)}`);
    const isExpected = (line: string): boolean => {
      const path = line.split(' | ')[0] ?? '';
      return !except.some((left) => path === left || path.startsWith(`${left}/`) || left === '');
    };
    const found = new Set(describeTree(into, []));
    // The times of a folder change with what is left out of it.
    const wrong = describeTree(this.#tree.root).filter(
      (line) =>
        isExpected(line) &&
        !found.has(line) &&
        (except.length === 0 || !/ \| 40000 \| /.test(line)),
    );
    assert.deepEqual(wrong, [], 'it was called committed, but is not so');
    await rm(into, { recursive: true, force: true });
  }

  /** The fault is gone: without anybody being restarted the newest state arrives. */
  async #assertGoesOn(isCommitted: boolean, done: Line, from: number): Promise<void> {
    if (isCommitted) {
      const isThat = (line: Line): boolean =>
        line.event === 'done' && line['ok'] === true && line['snapshot'] === done['snapshot'];
      await soon(this.#destination.line(isThat, 'the copy', from), BY_ITSELF_MS);
      this.#assertCopied('it came by itself');
    }
    const again = await soon(this.#client.start(this.#backup('60s')).ended);
    assert.equal(again.status, 0, `the fault is gone, but: ${said(again)}`);
    this.#assertCopied('it was copied once more');
    this.#assertAlive();
  }
}

function injectionOf({ calls, how, lasts }: Fault, n: number) {
  return { calls, how: how ?? '', when: lasts ? `${n}+` : String(n) };
}

function skippedIn(done: Line): string[] {
  return (done['skipped'] as { path: string }[]).map(({ path }) => path);
}

function said({ status, lines, stderr }: Ended): string {
  return `status ${status}, ${JSON.stringify(lines.at(-1) ?? {})} ${stderr.slice(-400)}`;
}

async function soon<T>(work: Promise<T>, mostMs: number = MOST_MS): Promise<T> {
  const late = new AbortController();
  const tooLate = pause(mostMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(
      `It hangs, or does not go on by itself: nothing happened in ${mostMs / 1000} s.`,
    );
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    late.abort();
    tooLate.catch(() => undefined);
  }
}
