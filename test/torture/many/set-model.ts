/** What must be known of a set at the hub. */

import type { Line } from '../../e2e/program.ts';
import { difference, merged } from './tree.ts';
import type { Tree } from './tree.ts';

export class SetModel {
  readonly name: string;
  /** Ids of committed snapshots, and what each may hold: one tree, unless nobody knows which run it was of. */
  readonly snapshots = new Map<string, readonly Tree[]>();
  /** What runs that were broken off were to commit; whether they did isn't known until somebody looks. */
  #pending: Tree[] = [];
  #newest: string | null = null;
  /** Whether the newest state may be that of a run that was broken off. */
  isUnsure = false;

  constructor(name: string) {
    this.name = name;
  }

  get newest(): string | null {
    return this.#newest;
  }

  /** What a run that begins now has to make of a folder; with `delete` it is just that. */
  expected(now: Tree, isDeleting: boolean): Tree {
    const [before] = this.#newest === null ? [] : (this.snapshots.get(this.#newest) ?? []);
    return isDeleting || before === undefined ? now : merged(before, now);
  }

  committed(id: string, tree: Tree): void {
    this.snapshots.set(id, [tree]);
    this.#newest = id;
    this.isUnsure = false;
  }

  brokenOff(tree: Tree): void {
    this.#pending.push(tree);
    this.isUnsure = true;
  }

  /**
   * Compares the hub's list with what must be there.
   * @param rows of this set, newest first
   * @returns what is wrong
   */
  listed(rows: readonly Line[]): string[] {
    const ids = rows.map(({ snapshot }) => String(snapshot));
    const there = new Set(ids);
    const wrong = [...this.snapshots.keys()]
      .filter((id) => !there.has(id))
      .map((id) => `the committed snapshot ${id} of ${this.name} is gone`);
    for (const id of ids) {
      if (this.snapshots.has(id)) continue;
      if (this.#pending.length === 0) wrong.push(`snapshot ${id} of ${this.name} is nobody's`);
      this.snapshots.set(id, this.#pending.slice());
    }
    this.#newest = ids[0] ?? null;
    return wrong;
  }

  /** How a tree differs from what a snapshot may hold; null if it doesn't. */
  differs(id: string, found: Tree): string | null {
    const trees = this.snapshots.get(id) ?? [];
    const words = trees.map((tree) => difference(found, tree));
    if (!words.includes(null)) return words[0] ?? 'nobody knows this snapshot';
    // From now on it is known which run it was of.
    const right = trees.find((tree) => difference(found, tree) === null) as Tree;
    this.snapshots.set(id, [right]);
    return null;
  }
}
