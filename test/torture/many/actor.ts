/** Somebody at a machine, who does one thing after the other, by chance. */

import { setTimeout as pause } from 'node:timers/promises';

import type { Line } from '../../e2e/program.ts';
import { CopyKeeper } from './copy-keeper.ts';
import type { Kill, Machine, MachineSet, Run } from './machine.ts';
import { below, changesBetween, treeOf } from './tree.ts';
import type { Tree } from './tree.ts';

const WAIT_FOR_COPY = '20s';
/** A kill comes at any time until then: before the login, in the middle, or too late. */
const KILL_WITHIN_MS = 3000;
/** What the line of a symbolic link begins with. */
const LINK = '120000';
const RETRY_MS = 500;
const MOST_TRIES = 600;

export class Actor {
  readonly machine: Machine;
  readonly keeper: CopyKeeper;

  constructor(machine: Machine) {
    this.machine = machine;
    this.keeper = new CopyKeeper(machine);
  }

  /** Does one thing. */
  async act(): Promise<void> {
    const set = this.#pick(this.machine.sets);
    if (set.model.isUnsure) await this.look(set);
    const what = this.machine.random(20);
    if (what < 9) return await this.#backUp(set);
    if (what === 9) return await this.#backUpTwice(set);
    if (what < 12) return await this.#restore(set, false);
    if (what === 12) return await this.#restore(set, true);
    if (what === 13) return await this.#list(set);
    if (what === 14) return await this.#diff(set);
    if (what === 15) return await this.look(set);
    if (what === 16) return await this.keeper.leave(this.#signal());
    return await this.keeper.come();
  }

  async #backUp(set: MachineSet): Promise<void> {
    const { folder, model } = set;
    folder.change();
    const isDeleting = model.isUnsure || this.machine.random(3) > 0;
    const withCopy = this.keeper.isThere && this.machine.random(2) === 0;
    const args = [isDeleting ? '-rd' : '-r', folder.root];
    if (withCopy) args.push('--copies', '1', '--wait', WAIT_FOR_COPY);
    const tree = model.expected(treeOf(folder.root), isDeleting);
    const run = await this.machine.run(args, this.#maybeKill());
    const id = this.#settle(set, tree, run);
    if (id !== null && withCopy) this.#lookAtCopy(set, tree, run);
  }

  /** Two programs back the same folder up at the same time: each has to end with a whole snapshot. */
  async #backUpTwice(set: MachineSet): Promise<void> {
    set.folder.change();
    const tree = treeOf(set.folder.root);
    const args = ['-rd', set.folder.root];
    const runs = await Promise.all([
      this.machine.run(args),
      this.machine.run(args, this.#maybeKill()),
    ]);
    for (const run of runs) this.#settle(set, tree, run);
    // Which of them is the newest only the hub knows.
    set.model.isUnsure = true;
  }

  /** @returns the id of what was committed */
  #settle({ model }: MachineSet, tree: Tree, run: Run): string | null {
    const said = run.ended.lines.find(({ event }) => event === 'committed') ?? run.done;
    const id = said?.['snapshot'];
    if (typeof id === 'string') {
      model.committed(id, tree);
      const isFair = run.ok || run.isBrokenOff || run.ended.status === 4;
      if (!isFair) this.#fault(`ended oddly: ${run.ended.status} ${JSON.stringify(run.done)}`);
      return id;
    }
    model.brokenOff(tree);
    const isFair = run.isBrokenOff || run.done?.['code'] === 'too-few-copies';
    if (!isFair) this.#fault(`failed: ${JSON.stringify(run.done)} ${run.ended.stderr}`);
    return null;
  }

  /** Whoever is said to hold a verified copy has to hold exactly that. */
  #lookAtCopy({ model }: MachineSet, tree: Tree, { done }: Run): void {
    const copies = (done?.['copies'] ?? []) as readonly { name?: string; state?: string }[];
    const own = copies.find(({ name }) => name === this.keeper.label);
    if (own?.state !== 'verified') return;
    const { user, host } = this.machine;
    const wrong = this.keeper.differs(user, host, model.name, tree);
    if (wrong !== null) this.#fault(`the copy of ${model.name} is said to be verified: ${wrong}`);
    this.machine.history.count('copies compared');
  }

  async #restore({ model }: MachineSet, isPart: boolean): Promise<void> {
    const id = this.#pick([...model.snapshots.keys()]);
    const [tree] = model.snapshots.get(id) ?? [];
    if (tree === undefined) return;
    const folders = [...tree.keys()].filter((path) => /^d\d$/.test(path));
    const part = isPart && model.snapshots.get(id)?.length === 1 ? this.#pick(folders) : undefined;
    if (part !== undefined) return await this.#restorePart(id, part, tree);
    await this.restoreWhole(model, id);
  }

  /** Restores a snapshot and compares it. */
  async restoreWhole(model: MachineSet['model'], id: string): Promise<void> {
    const into = this.machine.scratch();
    const run = await this.machine.run(['restore', id, into], this.#maybeKill());
    if (!this.#fair(run, `restore ${id}`)) return;
    const wrong = model.differs(id, treeOf(into));
    if (wrong !== null) this.#fault(`snapshot ${id} of ${model.name}: ${wrong}`);
    this.machine.history.count('snapshots compared');
  }

  async #restorePart(id: string, part: string, tree: Tree): Promise<void> {
    const into = this.machine.scratch();
    const run = await this.machine.run(['restore', `${id}:${part}`, into]);
    if (!this.#fair(run, `restore ${id}:${part}`)) return;
    const found = [...treeOf(into).keys()].filter(
      (path) => path === part || path.startsWith(`${part}/`),
    );
    const expected = below(tree, part);
    if (found.toSorted().join('\n') !== expected.toSorted().join('\n'))
      this.#fault(`restore ${id}:${part} has ${found.join()} not ${expected.join()}`);
  }

  async #list({ model }: MachineSet): Promise<void> {
    const id = this.#pick([...model.snapshots.keys()]);
    const trees = model.snapshots.get(id);
    if (trees?.length !== 1) return;
    const run = await this.machine.run(['ls', id]);
    if (!this.#fair(run, `ls ${id}`)) return;
    const entries = run.ended.lines.filter(({ event }) => event === 'entry').length;
    if (entries !== trees[0]?.size) this.#fault(`ls ${id} has ${entries}, not ${trees[0]?.size}`);
  }

  async #diff({ model }: MachineSet): Promise<void> {
    const ids = [...model.snapshots].filter(([, trees]) => trees.length === 1);
    const [before, after] = [this.#pick(ids), this.#pick(ids)];
    const [was, is] = [before?.[1][0], after?.[1][0]];
    if (was === undefined || is === undefined) return;
    const run = await this.machine.run(['diff', before?.[0] ?? '', after?.[0] ?? '']);
    if (!this.#fair(run, 'diff')) return;
    // When a link was made is no part of the model, and counts as metadata.
    const links = [...is.values()].filter((line) => line.startsWith(LINK)).length;
    for (const [kind, count] of Object.entries(changesBetween(was, is))) {
      const said = Number(run.done?.[kind]);
      const isRight = said >= count && said <= count + (kind === 'metadata' ? links : 0);
      if (!isRight) this.#fault(`diff says ${said} ${kind}, not ${count}`);
    }
  }

  /** Whether a command ended well; a fault if it didn't and nothing explains that. */
  #fair(run: Run, what: string): boolean {
    if (!run.ok && !run.isBrokenOff)
      this.#fault(`${what}: ${run.ended.status} ${JSON.stringify(run.done)} ${run.ended.stderr}`);
    return run.ok;
  }

  /** Asks the hub what there is of a set. */
  async look({ model }: MachineSet): Promise<void> {
    const rows = await this.list(model.name);
    for (const wrong of model.listed(rows)) this.#fault(wrong);
  }

  /** The snapshots of a set of this machine, or of all sets of its user: asked for until the hub answers. */
  async list(...set: string[]): Promise<readonly Line[]> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const run = await this.machine.run(['snapshots', ...set]);
      if (run.ok) return run.ended.lines.filter(({ event }) => event === 'snapshot');
      if (!run.isBrokenOff) this.#fair(run, 'snapshots');
      await pause(RETRY_MS);
    }
    this.#fault('the hub never answered');
    return [];
  }

  #maybeKill(): Kill | null {
    if (this.machine.random(5) > 0) return null;
    return { signal: this.#signal(), afterMs: this.machine.random(KILL_WITHIN_MS) };
  }

  #signal(): Kill['signal'] {
    return this.machine.random(2) === 0 ? 'SIGTERM' : 'SIGKILL';
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.machine.random(Math.max(1, from.length))] as T;
  }

  #fault(text: string): void {
    this.machine.history.fault(this.machine.name, text);
  }
}
