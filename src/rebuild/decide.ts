import type { Entry } from '../model/entry.ts';
import { nameOf } from '../model/path.ts';
import { MARKS } from '../model/tree-state.ts';
import { LeafDecider } from './decide-leaf.ts';
import type { Desk } from './file-work.ts';
import type { Links } from './links.ts';
import type { OldCursor, OldEntry } from './old-state.ts';
import type { Ownership } from './ownership.ts';
import { entryNumber } from './page-shelf.ts';
import { inTheWay, PathProblem } from './problems.ts';
import { Rights } from './rights.ts';
import type { Ours, Place } from './rights.ts';
import { FLAGS } from './run-tree.ts';
import type { Folder, RunTree, Spot } from './run-tree.ts';
import { Verdict } from './verdict.ts';
import type { Decided } from './verdict.ts';
import { standsIn } from './way.ts';

const SLASH = 0x2f;

/** Looks at the place of each entry and decides what is to be done. Changes nothing. */
export class Decider {
  readonly #desk: Desk;
  readonly #tree: RunTree;
  readonly #links: Links;
  readonly #old: OldCursor;
  readonly #ownership: Ownership;
  readonly #rights: Rights;
  readonly #verdict: Verdict;
  readonly #leaves: LeafDecider;
  /** The folders that enclose the last entry. */
  readonly #folders: Folder[] = [];

  constructor(desk: Desk, tree: RunTree, links: Links, old: OldCursor, ownership: Ownership) {
    this.#desk = desk;
    this.#tree = tree;
    this.#links = links;
    this.#old = old;
    this.#ownership = ownership;
    this.#rights = new Rights(desk);
    this.#verdict = new Verdict(tree, links, this.#rights, desk.ground.isReadOnly);
    this.#leaves = new LeafDecider(desk.ground, tree, links, this.#rights, this.#verdict);
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
    this.#verdict.begin(entries.length);
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
    return this.#verdict.take();
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
      if (stat === undefined) this.#verdict.setNew();
      else this.#verdict.setForeign(spot);
    }
    const place = { entry, spot, number, folder, stat, ours };
    if (entry.kind === 'dir') this.#dir(place);
    else if (entry.kind === 'file') this.#leaves.file(place);
    else this.#leaves.special(place);
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
    this.#verdict.needsRepair(place, 'folder');
    own.state = 'absent';
    own.evict = stat !== undefined;
    this.#folders.push(own);
    // The task's folder is the folder itself: that is what has to be there in the end.
    this.#verdict.add({ ...place, folder: own }, 'folder', true);
  }

  #differs(spot: Spot, old: OldEntry | null): void {
    const { ground } = this.#desk;
    if (ground.isReadOnly)
      throw new PathProblem('differs', 'Its mode, owner, time or attributes are not as recorded.');
    this.#tree.flag(spot, FLAGS.dirty | FLAGS.changed);
    if (ground.request.policy === 'verify' && old !== null) ground.mended++;
  }

  #block(entry: Entry, spot: Spot, folder: Folder | null): void {
    this.#tree.flag(spot, FLAGS.blocked);
    this.#verdict.setForeign(spot);
    this.#verdict.addAll(this.#links.settle(entry, spot, null));
    if (entry.kind !== 'dir' || this.#folders.at(-1)?.spot === spot) return;
    this.#folders.push({ path: entry.path, parent: folder, spot, state: 'blocked', evict: false });
  }
}

/** Whether the path is, or lies below, what has this first component. */
function isReserved(path: Uint8Array, reserved: Uint8Array): boolean {
  for (let i = 0; i < reserved.length; i++) if (path[i] !== reserved[i]) return false;
  return path.length === reserved.length || path[reserved.length] === SLASH;
}
