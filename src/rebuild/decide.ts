import type { Entry } from '../model/entry.ts';
import { nameOf } from '../model/path.ts';
import { MARKS } from '../model/tree-state.ts';
import type { Stat } from '../posix/stat.ts';
import { sameAttributes, sameContent } from './attributes.ts';
import type { Desk } from './file-work.ts';
import type { Links } from './links.ts';
import { isStamped } from './old-state.ts';
import type { OldCursor, OldEntry } from './old-state.ts';
import type { Ownership } from './ownership.ts';
import { entryNumber } from './page-shelf.ts';
import { inTheWay, PathProblem } from './problems.ts';
import { Rights } from './rights.ts';
import type { Ours, Place } from './rights.ts';
import { FLAGS } from './run-tree.ts';
import type { Folder, RunTree, Spot, Task } from './run-tree.ts';
import { standsIn } from './way.ts';

const SLASH = 0x2f;

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

/** Looks at the place of each entry and decides what is to be done. Changes nothing. */
export class Decider {
  readonly #desk: Desk;
  readonly #tree: RunTree;
  readonly #links: Links;
  readonly #old: OldCursor;
  readonly #ownership: Ownership;
  readonly #rights: Rights;
  /** The folders that enclose the last entry. */
  readonly #folders: Folder[] = [];
  #tasks: Task[] = [];
  #kept: Entry[] = [];
  #foreign = new Uint8Array(0);
  #isNew = false;

  constructor(desk: Desk, tree: RunTree, links: Links, old: OldCursor, ownership: Ownership) {
    this.#desk = desk;
    this.#tree = tree;
    this.#links = links;
    this.#old = old;
    this.#ownership = ownership;
    this.#rights = new Rights(desk);
    // Of a part of a tree, nothing stands for the root.
    if (desk.ground.request.subtree !== null) {
      this.#folders.push({
        path: new Uint8Array(0),
        parent: null,
        spot: null,
        state: 'there',
        evict: false,
      });
    }
  }

  /** Pages must come in the order of the tree. @param page its number on the shelf */
  decide(page: number, seq: number, entries: readonly (Entry | null)[]): Decided {
    this.#tasks = [];
    this.#kept = [];
    this.#foreign = new Uint8Array(Math.ceil(entries.length / 8));
    this.#isNew = false;
    entries.forEach((entry, place) => {
      if (entry === null) return;
      const spot = { seq, place };
      if (entry.kind === 'dir') this.#tree.dirs++;
      else this.#tree.files++;
      this.#tree.bytes += entry.size;
      const folder = this.#folderOf(entry);
      try {
        this.#entry(entry, spot, entryNumber(page, place), folder);
      } catch (error) {
        if (!(error instanceof PathProblem)) throw error;
        this.#desk.ground.problems.add(entry.path, error.code, error.message);
        this.#block(entry, spot, folder);
      }
    });
    return { tasks: this.#tasks, foreign: this.#foreign, isNew: this.#isNew, kept: this.#kept };
  }

  #folderOf(entry: Entry): Folder | null {
    let last = this.#folders.at(-1);
    while (last !== undefined && !standsIn(entry.path, last.path)) {
      this.#folders.pop();
      last = this.#folders.at(-1);
    }
    return entry.path.length === 0 ? null : (last ?? null);
  }

  #entry(entry: Entry, spot: Spot, number: number, folder: Folder | null): void {
    const { ground } = this.#desk;
    const old = this.#old.seek(entry.path);
    const versions = this.#ownership.wantedVersions(entry.path);
    if (folder === null && entry.path.length === 0) {
      this.#root(entry, spot, old);
      return;
    }
    if (folder === null) throw new PathProblem('protocol', 'It stands in no folder of the tree.');
    if (folder.state === 'blocked') {
      this.#block(entry, spot, folder);
      return;
    }
    if (ground.reserved !== null && isReserved(entry.path, ground.reserved)) {
      throw new PathProblem('name-refused', 'The name belongs to the memory of rbbackup here.');
    }
    const stat = folder.state === 'absent' ? undefined : ground.looking.look(entry.path);
    const isOurs = old !== null && old.stamps.mark[old.place] !== MARKS.blocked;
    const ours: Ours = { old: isOurs ? old : null, versions };
    if (!isOurs && versions.length === 0) {
      if (stat === undefined) this.#isNew = true;
      else this.#setForeign(spot);
    }
    const place = { entry, spot, number, folder, stat, ours };
    if (entry.kind === 'dir') this.#dir(place);
    else if (entry.kind === 'file') this.#file(place);
    else this.#special(place);
  }

  #root(entry: Entry, spot: Spot, old: OldEntry | null): void {
    const { ground } = this.#desk;
    this.#folders.push({ path: entry.path, parent: null, spot, state: 'there', evict: false });
    const stat = ground.posix.fstat(ground.root);
    if (this.#rights.isKnown({ entry, ours: { old, versions: [] } }, stat)) return;
    this.#tree.flag(spot, FLAGS.changed);
    if (ground.request.policy === 'restore' && !ground.rootIsFresh) return;
    if (!ground.attributes.isRight(entry, stat, ground.root)) this.#differs(spot, old);
  }

  #dir(place: Place): void {
    const { entry, spot, folder, stat, ours } = place;
    const { ground } = this.#desk;
    const own: Folder = { path: entry.path, parent: folder, spot, state: 'there', evict: false };
    if (stat?.kind === 'dir') {
      this.#folders.push(own);
      if (this.#rights.isKnown(place, stat)) return;
      this.#tree.flag(spot, FLAGS.changed);
      const target = { dir: ground.looking.parent(entry.path), name: nameOf(entry.path) };
      if (!ground.attributes.isRight(entry, stat, target)) this.#differs(spot, ours.old);
      return;
    }
    if (stat !== undefined && !this.#rights.mayEvict(place, stat))
      throw inTheWay('Something that is no folder stands there');
    this.#needsRepair(place, 'folder');
    own.state = 'absent';
    own.evict = stat !== undefined;
    this.#folders.push(own);
    // The task's folder is the folder itself: that is what has to be there in the end.
    this.#add({ ...place, folder: own }, 'folder', true);
  }

  #file(place: Place): void {
    const { entry, stat, spot, number } = place;
    const membership = this.#links.join(entry, spot);
    const linkGroup = membership === 'alone' ? 0 : entry.linkGroup;
    const mayReplace = stat !== undefined && this.#rights.mayReplace(place, stat);
    if (typeof membership === 'object') {
      const isLinked = stat !== undefined && stat.kind === 'file' && stat.ino === membership.ino;
      if (isLinked && this.#rights.isKnown(place, stat)) this.#keep(place, null);
      else {
        if (!isLinked) this.#needsRepair(place, 'link');
        if (stat?.kind === 'dir') this.#later(place, 'link');
        else if (isLinked && this.#desk.ground.isReadOnly) this.#keep(place, null);
        else this.#add(place, 'link', mayReplace);
      }
      return;
    }
    if (stat === undefined) {
      this.#needsRepair(place, 'file');
      this.#add(place, 'make', false);
    } else if (stat.kind === 'dir') this.#later(place, 'make');
    else if (stat.kind !== 'file') {
      if (!mayReplace) throw inTheWay('Something of another kind stands there');
      this.#needsRepair(place, 'file');
      this.#add(place, 'make', true);
    } else if (stat.nlink > 1 && mayReplace && !this.#links.claim(stat.ino, linkGroup, number)) {
      this.#needsRepair(place, 'file of its own');
      this.#add(place, 'make', true);
    } else this.#presentFile(place, stat, mayReplace);
  }

  #presentFile(place: Place, stat: Stat, mayReplace: boolean): void {
    const { entry, ours } = place;
    // Which bits of the mode are kept may be asked for otherwise than last time.
    const isMode = stat.mode === this.#desk.ground.attributes.mode(entry);
    if (ours.old === null || !isStamped(ours.old, stat) || this.#isVerify) {
      this.#add(place, 'check', mayReplace);
    } else if (!sameContent(ours.old.entry, entry)) this.#add(place, 'make', true);
    else if (isMode && sameAttributes(ours.old.entry, entry)) this.#keep(place, stat.ino);
    else this.#add(place, 'touch', true);
  }

  #special(place: Place): void {
    const { entry, stat } = place;
    const { ground } = this.#desk;
    if (stat?.kind === 'dir') {
      this.#later(place, 'make');
      return;
    }
    if (stat === undefined) {
      this.#needsRepair(place, 'link');
      this.#add(place, 'make', false);
      return;
    }
    const isSame = stat.kind === entry.kind && (entry.kind !== 'symlink' || this.#rights.hasTarget(entry));
    if (!isSame) {
      if (!this.#rights.mayReplace(place, stat)) throw inTheWay('Something else stands there');
      this.#needsRepair(place, 'link');
      this.#add(place, 'make', true);
      return;
    }
    if (this.#rights.isKnown(place, stat)) {
      this.#keep(place, null);
      return;
    }
    const target = { dir: ground.looking.parent(entry.path), name: nameOf(entry.path) };
    this.#tree.flag(place.spot, FLAGS.changed);
    if (ground.attributes.isRight(entry, stat, target)) this.#keep(place, null);
    else {
      this.#needsRepair(place, 'attribute');
      this.#add(place, 'touch', true);
    }
  }

  get #isVerify(): boolean {
    return this.#desk.ground.request.policy === 'verify';
  }

  /** A folder stands where something else must be: if it is ours it will be gone when what it holds is deleted. */
  #later(place: Place, action: 'make' | 'link'): void {
    if (!this.#rights.mayClear(place)) throw inTheWay('A folder stands there');
    this.#needsRepair(place, 'file');
    this.#tree.flag(place.spot, FLAGS.deferred);
    this.#add({ ...place, stat: undefined }, action, false);
  }

  /** @param ino of a file that may be the first name of a group */
  #keep({ entry, spot, ours, stat }: Place, ino: number | null): void {
    this.#kept.push(entry);
    if (ours.old === null || (stat !== undefined && !isStamped(ours.old, stat)))
      this.#tree.flag(spot, FLAGS.changed);
    if (ino !== null) this.#links.settle(entry, spot, ino);
  }

  #differs(spot: Spot, old: OldEntry | null): void {
    const { ground } = this.#desk;
    if (ground.isReadOnly)
      throw new PathProblem('differs', 'Its mode, owner, time or attributes are not as recorded.');
    this.#tree.flag(spot, FLAGS.dirty | FLAGS.changed);
    if (this.#isVerify && old !== null) ground.mended++;
  }

  /** When only looking, a difference is all there is to say. */
  #needsRepair({ stat }: Place, what: string): void {
    if (!this.#desk.ground.isReadOnly) return;
    if (stat === undefined) throw new PathProblem('differs', 'It is missing.');
    throw new PathProblem('differs', `It is not the ${what} that was recorded.`);
  }

  #add(place: Place, action: Task['action'], mayReplace: boolean): void {
    const { entry, spot, number, folder, stat, ours } = place;
    this.#tree.flag(spot, FLAGS.changed);
    const isMending = ours.old !== null && this.#isSame(ours.old.entry, entry);
    const found = stat === undefined ? null : stat;
    // The journal has to know of new content too: by it a crashed run's files are told from a stranger's.
    if (action !== 'touch' && (action !== 'check' || mayReplace)) this.#isNew = true;
    this.#tasks.push({ entry, spot, number, folder, action, found, mayReplace, isMending });
  }

  #isSame(old: Entry, entry: Entry): boolean {
    return old.kind === entry.kind && sameAttributes(old, entry) && sameContent(old, entry);
  }

  #block(entry: Entry, spot: Spot, folder: Folder | null): void {
    this.#tree.flag(spot, FLAGS.blocked);
    this.#setForeign(spot);
    for (const task of this.#links.settle(entry, spot, null)) this.#tasks.push(task);
    if (entry.kind !== 'dir' || this.#folders.at(-1)?.spot === spot) return;
    this.#folders.push({ path: entry.path, parent: folder, spot, state: 'blocked', evict: false });
  }

  #setForeign({ place }: Spot): void {
    this.#foreign[place >> 3] = (this.#foreign[place >> 3] as number) | (1 << (place & 7));
  }
}

/** Whether the path is, or lies below, what has this first component. */
function isReserved(path: Uint8Array, reserved: Uint8Array): boolean {
  for (let i = 0; i < reserved.length; i++) if (path[i] !== reserved[i]) return false;
  return path.length === reserved.length || path[reserved.length] === SLASH;
}
