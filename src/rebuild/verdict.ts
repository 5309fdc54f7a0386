import type { Entry } from '../model/entry.ts';
import { sameAttributes, sameContent } from './attributes.ts';
import type { Links } from './links.ts';
import { isStamped } from './old-state.ts';
import { inTheWay, PathProblem } from './problems.ts';
import type { Place, Rights } from './rights.ts';
import { FLAGS } from './run-tree.ts';
import type { RunTree, Spot, Task } from './run-tree.ts';

/** What comes of one page. */
export type Decided = {
  readonly tasks: Task[];
  /** Bit i set: what stands in the place of entry i is not ours. */
  readonly foreign: Uint8Array;
  /** Whether something is about to be ours that no state names yet. */
  readonly isNew: boolean;
  /** Entries that need nothing. */
  readonly kept: Entry[];
};

/** Collects what is decided about the entries of a page. */
export class Verdict {
  readonly #tree: RunTree;
  readonly #links: Links;
  readonly #rights: Rights;
  readonly #isReadOnly: boolean;
  #tasks: Task[] = [];
  #kept: Entry[] = [];
  #foreign = new Uint8Array(0);
  #isNew = false;

  constructor(tree: RunTree, links: Links, rights: Rights, isReadOnly: boolean) {
    this.#tree = tree;
    this.#links = links;
    this.#rights = rights;
    this.#isReadOnly = isReadOnly;
  }

  begin(entries: number): void {
    this.#tasks = [];
    this.#kept = [];
    this.#foreign = new Uint8Array(Math.ceil(entries / 8));
    this.#isNew = false;
  }

  take(): Decided {
    return { tasks: this.#tasks, foreign: this.#foreign, isNew: this.#isNew, kept: this.#kept };
  }

  /** What will stand there is ours, and no state names it yet. */
  setNew(): void {
    this.#isNew = true;
  }

  setForeign({ place }: Spot): void {
    this.#foreign[place >> 3] = (this.#foreign[place >> 3] as number) | (1 << (place & 7));
  }

  /** A folder stands where something else must be: if it is ours it will be gone when what it holds is deleted. */
  later(place: Place, action: 'make' | 'link'): void {
    if (!this.#rights.mayClear(place)) throw inTheWay('A folder stands there');
    this.needsRepair(place, 'file');
    this.#tree.flag(place.spot, FLAGS.deferred);
    this.add({ ...place, stat: undefined }, action, false);
  }

  /** @param ino of a file that may be the first name of a group */
  keep({ entry, spot, ours, stat }: Place, ino: number | null): void {
    this.#kept.push(entry);
    if (ours.old === null || (stat !== undefined && !isStamped(ours.old, stat)))
      this.#tree.flag(spot, FLAGS.changed);
    if (ino !== null) this.#links.settle(entry, spot, ino);
  }

  /** When only looking, a difference is all there is to say. */
  needsRepair({ stat }: Place, what: string): void {
    if (!this.#isReadOnly) return;
    if (stat === undefined) throw new PathProblem('differs', 'It is missing.');
    throw new PathProblem('differs', `It is not the ${what} that was recorded.`);
  }

  add(place: Place, action: Task['action'], mayReplace: boolean): void {
    const { entry, spot, number, folder, stat, ours } = place;
    this.#tree.flag(spot, FLAGS.changed);
    const isMending = ours.old !== null && isSame(ours.old.entry, entry);
    const found = stat === undefined ? null : stat;
    // The journal has to know of new content too: by it a crashed run's files are told from a stranger's.
    if (action !== 'touch' && (action !== 'check' || mayReplace)) this.#isNew = true;
    this.#tasks.push({ entry, spot, number, folder, action, found, mayReplace, isMending });
  }

  /** Something else goes on, or can't, because of what became of another. */
  addAll(tasks: readonly Task[]): void {
    for (const task of tasks) this.#tasks.push(task);
  }
}

function isSame(old: Entry, entry: Entry): boolean {
  return old.kind === entry.kind && sameAttributes(old, entry) && sameContent(old, entry);
}
