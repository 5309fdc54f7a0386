import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { Content, Entry } from '../model/entry.ts';
import { nameOf } from '../model/path.ts';
import {
  encodeStateEnd,
  encodeStateHead,
  encodeStatePage,
  MARKS,
  newStamps,
} from '../model/tree-state.ts';
import type { Stamps } from '../model/tree-state.ts';
import { RbError, isRbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import { reasonOf } from '../base/system-reason.ts';
import { keyOf } from './fingerprint-table.ts';
import type { Ground } from './ground.ts';
import type { ListStore } from './list-store.ts';
import type { OldState } from './old-state.ts';
import type { PageShelf } from './page-shelf.ts';
import { pathProblem } from './problems.ts';
import { FLAGS } from './run-tree.ts';
import type { RunPage, RunTree } from './run-tree.ts';

/** First byte of the names that `tmpName('o', …)` gives. */
const OLD_VERSION = 0x6f;
const NOT_IN_PLACE = FLAGS.blocked | FLAGS.failed;

/** The last steps of a run: the folders' metadata, then the state that remembers all of it. */
export class Finish {
  readonly #ground: Ground;
  readonly #tree: RunTree;
  readonly #shelf: PageShelf;
  readonly #old: OldState | null;

  constructor(ground: Ground, tree: RunTree, shelf: PageShelf, old: OldState | null) {
    this.#ground = ground;
    this.#tree = tree;
    this.#shelf = shelf;
    this.#old = old;
  }

  /**
   * Sets the metadata of every folder that was changed, those below before those above.
   * @param emptied folders (by key of path) from which something was deleted
   * @param withRoot false: all but the root
   */
  *folders(emptied: ReadonlySet<string>, withRoot: boolean): Generator<void> {
    for (let seq = this.#tree.pages.length - 1; seq >= 0; seq--) {
      const { page, flags } = this.#tree.pages[seq] as RunPage;
      if (emptied.size === 0 && !flags.some((flag) => (flag & FLAGS.dirty) !== 0)) continue;
      const { entries } = this.#shelf.once(page);
      for (let place = entries.length - 1; place >= 0; place--) {
        const entry = entries[place] ?? null;
        if (entry?.kind !== 'dir') continue;
        const flag = flags[place] as number;
        const isDirty =
          (flag & FLAGS.dirty) !== 0 || (emptied.size > 0 && emptied.has(keyOf(entry.path)));
        if (!isDirty || (flag & FLAGS.blocked) !== 0 || (entry.path.length === 0 && !withRoot))
          continue;
        this.#tree.flag({ seq, place }, FLAGS.changed);
        this.#folder(entry, { seq, place });
      }
      yield;
    }
  }

  /** Metadata of the root alone. */
  root(): void {
    const entry = this.#rootEntry();
    if (entry !== null) this.#folder(entry, { seq: 0, place: 0 });
  }

  /** Whether the root had the very time of the tree's when this run began: then an earlier one has laid out the same. */
  hasMadeRoot(): boolean {
    const entry = this.#rootEntry();
    return entry !== null && this.#ground.attributes.isTime(entry, this.#ground.rootBefore);
  }

  #rootEntry(): Entry | null {
    const page = this.#tree.pages[0];
    const entry = page === undefined ? null : this.#shelf.entries(page.page)[0];
    return entry?.kind === 'dir' && entry.path.length === 0 ? entry : null;
  }

  /** Writes the new state beside the old one; {@link Finish.replaceState} puts it in place. */
  *writeState(snapshot: Uint8Array, lists: ListStore): Generator<void> {
    const folder = this.#ground.request.stateDir;
    const fd = openSync(join(folder, 'state.new'), 'w', 0o600);
    const long: Content[] = [];
    try {
      write(fd, encodeStateHead(snapshot));
      for (const { page, flags } of this.#tree.pages) {
        const { bytes, entries } = this.#shelf.once(page);
        const stamps = this.#stampsOf(page, entries, flags, long);
        write(fd, encodeStatePage({ id: this.#shelf.id(page), page: bytes, stamps }));
        yield;
      }
      write(fd, encodeStateEnd(this.#tree.pages.length));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (long.length > 0 || lists.size > 0) lists.write(long);
  }

  /** The new state is the state, durably, when this returns. */
  replaceState(): void {
    const folder = this.#ground.request.stateDir;
    renameSync(join(folder, 'state.new'), join(folder, 'state'));
    syncFolder(folder);
  }

  #folder(entry: Entry, spot: { seq: number; place: number }): void {
    const { posix, target, attributes, problems } = this.#ground;
    try {
      // Opened anew, from the root: what is set must be what stands there now.
      const fd =
        entry.path.length === 0
          ? this.#ground.root
          : posix.openDir(target.parent(entry.path), nameOf(entry.path));
      try {
        attributes.set(entry, fd);
        if (!posix.abilities.syncfs) posix.fsync(fd);
      } finally {
        if (fd !== this.#ground.root) posix.close(fd);
      }
    } catch (error) {
      if (isRbError(error)) throw error;
      const problem = pathProblem(error);
      problems.add(entry.path, problem.code, problem.message);
      this.#tree.flag(spot, FLAGS.failed);
    }
  }

  #stampsOf(
    page: number,
    entries: readonly (Entry | null)[],
    flags: Uint8Array,
    long: Content[],
  ): Stamps {
    const known = this.#old?.stampsOfPage(page) ?? null;
    const fits = known !== null && known.mark.length === entries.length;
    const stamps = fits ? known : newStamps(entries.length);
    entries.forEach((entry, place) => {
      if (entry === null) return;
      if (entry.content.depth > 0) long.push(entry.content);
      const flag = flags[place] as number;
      if (!fits || flag !== 0 || stamps.mark[place] !== MARKS.known)
        this.#stamp(entry, flag, stamps, place);
    });
    return stamps;
  }

  #stamp(entry: Entry, flag: number, stamps: Stamps, place: number): void {
    const { looking, problems, attributes, incomplete } = this.#ground;
    stamps.mark[place] = (flag & FLAGS.blocked) === 0 ? MARKS.unknown : MARKS.blocked;
    if ((flag & NOT_IN_PLACE) !== 0 || (incomplete.size > 0 && incomplete.has(keyOf(entry.path))))
      return;
    const stat = looking.look(entry.path);
    const isThere = stat !== undefined && stat.kind === entry.kind;
    const isAsMade =
      isThere &&
      (entry.kind !== 'file' || stat.size === entry.size) &&
      // A folder's changes whenever somebody puts something of his own into it.
      (entry.kind === 'dir' || attributes.isTime(entry, stat));
    if (!isAsMade) {
      problems.add(
        entry.path,
        'in-the-way',
        'It was changed by someone while the copy was made; run again.',
      );
      return;
    }
    stamps.ino[place] = stat.ino;
    stamps.ctimeSec[place] = stat.ctimeSec;
    stamps.ctimeNsec[place] = stat.ctimeNsec;
    stamps.mark[place] = MARKS.known;
  }
}

/** Removes what is unfinished or set aside: all of it, or only old versions that hold space. */
export function clearTmp({ posix, tmp }: Ground, only: 'all' | 'old versions'): void {
  for (const { name } of posix.readDir(tmp)) {
    if (only === 'old versions' && name[0] !== OLD_VERSION) continue;
    try {
      posix.unlinkAt(tmp, name);
    } catch {
      // Nothing but leftovers: the next run tries again.
    }
  }
}

/** Removes a restore's own folder and all that is in it. @throws RbError `dir-unwritable` */
export function removeStateDir(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (cause) {
    // Its errors have no code of the system's.
    const message = `The restore's own folder ${escapeName(folder)} could not be removed (${reasonOf(cause)}); run the restore again.`;
    throw new RbError('dir-unwritable', message, { cause, retry: true });
  }
}

function write(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
