import { RbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import type { Entry } from './entry.ts';
import { comparePaths, parentOf } from './path.ts';

/**
 * Checks that entries, page after page, form a tree: the root first, strictly ascending, each in a folder
 * that came before it. So nothing can stand below a link or a file, and no path comes twice.
 */
export class TreeOrder {
  #last: Uint8Array | null = null;
  /** The folders that enclose the last entry, the root first. */
  readonly #folders: Uint8Array[] = [];

  /** @throws protocol at the first entry that is out of place; nothing of it may be used then */
  check(entry: Entry): void {
    const path = entry.path;
    if (this.#last === null) {
      if (path.length !== 0 || entry.kind !== 'dir')
        throw new RbError('protocol', 'A tree must begin with its root folder.');
    } else {
      if (comparePaths(this.#last, path) >= 0) throw misplaced(path, 'comes out of order');
      this.#leaveFoldersNotAbove(path);
    }
    this.#last = path;
    if (entry.kind === 'dir') this.#folders.push(path);
  }

  #leaveFoldersNotAbove(path: Uint8Array): void {
    const parent = parentOf(path);
    for (;;) {
      const folder = this.#folders.at(-1);
      if (folder === undefined) throw misplaced(path, 'stands in no folder of the tree');
      if (samePath(folder, parent)) return;
      // Strictly ascending order makes every folder on the stack that is longer than the parent a finished one.
      if (folder.length < parent.length) throw misplaced(path, 'stands in no folder of the tree');
      this.#folders.pop();
    }
  }
}

function samePath(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && comparePaths(left, right) === 0;
}

function misplaced(path: Uint8Array, why: string): RbError {
  return new RbError('protocol', `The entry '${escapeName(path.subarray(0, 300))}' ${why}.`);
}
