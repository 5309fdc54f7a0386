import type { Entry } from '../model/entry.ts';
import { comparePaths, nameOf, parentOf } from '../model/path.ts';
import { MARKS } from '../model/tree-state.ts';
import type { Stat } from '../posix/stat.ts';
import type { Desk } from './file-work.ts';
import { keyOf } from './fingerprint-table.ts';
import { isStamped, OldCursor } from './old-state.ts';
import type { OldEntry, OldState } from './old-state.ts';
import type { Ownership } from './ownership.ts';
import type { PageShelf } from './page-shelf.ts';
import { codeOf, pathProblem } from './problems.ts';
import type { Report } from './report.ts';
import type { RunTree, Task } from './run-tree.ts';
import { isVersion } from './versions.ts';

/**
 * Deletes what the old tree, or an unfinished run, has put there and the new tree has not got. Files first, then the
 * folders that are empty by then, deepest first. What somebody has changed or added since stays.
 */
export class Deletions {
  readonly #desk: Desk;
  readonly #shelf: PageShelf;
  readonly #old: OldState | null;
  readonly #ownership: Ownership;
  readonly #report: Report;
  readonly #folders: Uint8Array[] = [];
  /** Keys of folders from which something was deleted. */
  readonly emptied: Set<string> = new Set();

  constructor(
    desk: Desk,
    shelf: PageShelf,
    old: OldState | null,
    ownership: Ownership,
    report: Report,
  ) {
    this.#desk = desk;
    this.#shelf = shelf;
    this.#old = old;
    this.#ownership = ownership;
    this.#report = report;
  }

  *run(tree: RunTree): Generator<void> {
    if (this.#old !== null) yield* this.#compare(tree);
    this.#ownership.forUnseen((entry) => this.#entry(entry, null));
    yield;
    this.#folders.sort((left, right) => comparePaths(right, left));
    for (const path of this.#folders) this.#folder(path);
  }

  /** Goes through both trees, for what only the old one has. */
  *#compare(tree: RunTree): Generator<void> {
    const cursor = new OldCursor(this.#old, this.#shelf, (entry, page, place, stamps) => {
      if (stamps.mark[place] !== MARKS.blocked) this.#entry(entry, { entry, page, place, stamps });
    });
    for (const { page } of tree.pages) {
      if (cursor.skipPage(page)) continue;
      const { entries } = this.#shelf.once(page);
      for (const entry of entries) if (entry !== null) cursor.seek(entry.path);
      yield;
    }
    cursor.seek(null);
    yield;
  }

  /** Makes way for something that is no folder where one of ours stood. @throws what the system throws */
  clearFor({ entry }: Task): void {
    const { target, posix } = this.#desk.ground;
    if (target.look(entry.path)?.kind !== 'dir') return;
    posix.rmdirAt(target.parent(entry.path), nameOf(entry.path));
    this.#desk.ground.resetWays();
  }

  #entry(entry: Entry, old: OldEntry | null): void {
    if (entry.path.length === 0) return;
    if (entry.kind === 'dir') {
      this.#folders.push(Uint8Array.from(entry.path));
      return;
    }
    const { ground } = this.#desk;
    try {
      const stat = ground.target.look(entry.path);
      if (stat === undefined) return;
      // Some version of it was a folder: as that it comes up by itself, and goes if it is empty then.
      if (stat.kind === 'dir' && old === null) return;
      if (
        stat.kind === 'dir' &&
        this.#ownership.versions(entry.path).some(({ kind }) => kind === 'dir')
      )
        return;
      if (!this.#isOurs(entry, old, stat)) {
        ground.problems.add(
          entry.path,
          'in-the-way',
          'It is gone at the origin, but was changed here; it stays.',
          false,
        );
        return;
      }
      this.#unlocked(entry.path, () => ground.discard(entry.path));
    } catch (error) {
      this.#failed(entry.path, error);
      return;
    }
    this.#deleted(entry.path);
  }

  #isOurs(entry: Entry, old: OldEntry | null, stat: Stat): boolean {
    if (old !== null && isStamped(old, stat)) return true;
    return [entry, ...this.#ownership.versions(entry.path)].some((version) =>
      isVersion(this.#desk, version, stat, entry.path),
    );
  }

  #folder(path: Uint8Array): void {
    const { ground } = this.#desk;
    try {
      if (ground.target.look(path)?.kind !== 'dir') return;
      this.#unlocked(path, () => ground.posix.rmdirAt(ground.target.parent(path), nameOf(path)));
      ground.trash?.folder(path);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOTEMPTY' || code === 'EEXIST') {
        ground.problems.add(
          path,
          'in-the-way',
          'It is gone at the origin, but holds files of others; it stays.',
          false,
        );
      } else this.#failed(path, error);
      return;
    }
    this.#deleted(path);
  }

  /** If the folder's mode forbids it, gives ourselves the right; what of it stays gets its mode at the end. */
  #unlocked(path: Uint8Array, act: () => void): void {
    const { target, posix, attributes } = this.#desk.ground;
    const folder = parentOf(path);
    try {
      act();
    } catch (error) {
      if (codeOf(error) !== 'EACCES' || attributes.mayChown || folder.length === 0) throw error;
      this.emptied.add(keyOf(folder));
      posix.chmodAt(target.parent(folder), nameOf(folder), 0o700);
      act();
    }
  }

  #deleted(path: Uint8Array): void {
    this.#desk.ground.deleted++;
    this.#report.deleted(path);
    this.emptied.add(keyOf(parentOf(path)));
  }

  #failed(path: Uint8Array, error: unknown): void {
    const problem = pathProblem(error);
    this.#desk.ground.problems.add(path, problem.code, problem.message);
  }
}
