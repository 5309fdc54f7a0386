import type { Entry } from '../model/entry.ts';
import { nameOf } from '../model/path.ts';
import { sameAttributes, sameContent } from './attributes.ts';
import { tmpName } from './ground.ts';
import type { Ground } from './ground.ts';
import type { Placer } from './placer.ts';
import { codeOf } from './problems.ts';
import { FLAGS } from './run-tree.ts';
import type { RunTree, Spot, Task } from './run-tree.ts';

/** The names of one inode: the first is made or kept like any file, the others become links to it. */
type Group = {
  leader: Entry;
  spot: Spot;
  state: 'pending' | 'placed' | 'failed';
  ino: number;
  followers: Task[];
};

/** How a name of a group stands to the names before it. */
export type Membership = 'first' | 'alone' | { readonly ino: number | null };

/** Keeps the names of an inode together, and apart what is not one inode. */
export class Links {
  readonly #ground: Ground;
  readonly #tree: RunTree;
  readonly #placer: Placer;
  readonly #groups = new Map<number, Group>();
  /** Inodes with several names on disk, and for which group (or for which entry alone, negative) they are taken. */
  readonly #claims = new Map<number, number>();

  constructor(ground: Ground, tree: RunTree, placer: Placer) {
    this.#ground = ground;
    this.#tree = tree;
    this.#placer = placer;
  }

  /** Enters a name. A group whose names differ in more than the path is not believed. */
  join(entry: Entry, spot: Spot): Membership {
    if (entry.linkGroup === 0) return 'alone';
    const group = this.#groups.get(entry.linkGroup);
    if (group === undefined || group.state === 'failed') {
      const followers = group?.followers ?? [];
      this.#groups.set(entry.linkGroup, {
        leader: entry,
        spot,
        state: 'pending',
        ino: 0,
        followers,
      });
      return 'first';
    }
    if (!sameAttributes(group.leader, entry) || !sameContent(group.leader, entry)) return 'alone';
    return { ino: group.state === 'placed' ? group.ino : null };
  }

  /** @returns false if the inode belongs to another group or to a single name: this one needs its own */
  claim(ino: number, linkGroup: number, number: number): boolean {
    const owner = linkGroup === 0 ? -1 - number : linkGroup;
    const known = this.#claims.get(ino);
    if (known === undefined) this.#claims.set(ino, owner);
    return known === undefined || known === owner;
  }

  /** The entry of a group is in place (or, ino null, will not be). @returns tasks that can go on */
  settle(entry: Entry, spot: Spot, ino: number | null): Task[] {
    const group = this.#groups.get(entry.linkGroup);
    if (group === undefined || group.spot !== spot) return [];
    group.state = ino === null ? 'failed' : 'placed';
    group.ino = ino ?? 0;
    return group.followers.splice(0);
  }

  /**
   * Makes the task's name a link to its group's inode.
   * @returns 'later' if the first name isn't in place yet, then {@link settle} gives the task back; 'alone' if it has
   *   to be made by itself
   */
  link(task: Task): 'linked' | 'later' | 'alone' {
    const group = this.#groups.get(task.entry.linkGroup);
    if (group === undefined || group.state === 'failed') return 'alone';
    if (group.state === 'pending') {
      group.followers.push(task);
      return 'later';
    }
    const { target, source } = this.#ground;
    const now = target.look(task.entry.path);
    if (now?.kind === 'file' && now.ino === group.ino) {
      this.#tree.flag(task.spot, FLAGS.changed);
      return 'linked';
    }
    if (now !== undefined && !task.mayReplace) return 'alone';
    const leader = source.look(group.leader.path);
    if (leader?.kind !== 'file' || leader.ino !== group.ino) return 'alone';
    return this.#linkTo(group, task, now !== undefined);
  }

  #linkTo(group: Group, task: Task, replaces: boolean): 'linked' | 'alone' {
    const { posix, source, target, tmp } = this.#ground;
    this.#placer.parentFor(task);
    const leaderName = nameOf(group.leader.path);
    try {
      if (replaces) {
        const name = tmpName('l', task.entry.path);
        if (posix.lstatIfThere(tmp, name) !== undefined) posix.unlinkAt(tmp, name);
        posix.linkAt(source.parent(group.leader.path), leaderName, tmp, name);
        this.#placer.unlocked(task.folder, () =>
          posix.renameAt(tmp, name, target.parent(task.entry.path), nameOf(task.entry.path)),
        );
      } else {
        this.#placer.unlocked(task.folder, () =>
          posix.linkAt(
            source.parent(group.leader.path),
            leaderName,
            target.parent(task.entry.path),
            nameOf(task.entry.path),
          ),
        );
      }
    } catch (error) {
      // More names than the file system allows one inode: better two inodes than a missing file.
      if (codeOf(error) === 'EMLINK') return 'alone';
      if (codeOf(error) === 'EEXIST') this.#placer.noteForeign(task);
      throw error;
    }
    // A new name changes the inode's ctime.
    this.#tree.flag(group.spot, FLAGS.changed);
    this.#tree.flag(task.spot, FLAGS.changed);
    return 'linked';
  }
}
