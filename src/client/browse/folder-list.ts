import { listedEntry } from './listed-entry.ts';
import type { ListedEntry } from './listed-entry.ts';
import { walkFolder } from './folder-walk.ts';
import type { PagedTree, TreePosition } from './paged-tree.ts';
import { PlaceMarks } from './place-marks.ts';

/** The place of each child of this many is remembered, at first. */
const MARK_EVERY = 64;

export type FolderPart = {
  readonly entries: readonly ListedEntry[];
  /** How many there are in all; null where only going on would tell. */
  readonly total: number | null;
  /** Whether there are more behind these. */
  readonly more: boolean;
};

/** A folder that is read part by part: a later part begins where an earlier one came to. */
export class FolderList {
  readonly #tree: PagedTree;
  readonly #path: Uint8Array;
  readonly #marks: PlaceMarks<TreePosition>;
  #total: number | null = null;

  /** @param at the folder's own place */
  constructor(tree: PagedTree, path: Uint8Array, at: TreePosition) {
    this.#tree = tree;
    this.#path = path;
    this.#marks = new PlaceMarks(MARK_EVERY);
    this.#marks.pass(0, { page: at.page, entry: at.entry + 1 });
  }

  async part(offset: number, limit: number): Promise<FolderPart> {
    const entries: ListedEntry[] = [];
    if (this.#total !== null && offset >= this.#total)
      return { entries, total: this.#total, more: false };
    const from = this.#marks.before(offset);
    if (from === null) return { entries, total: 0, more: false };
    let { number } = from;
    for await (const { entry, at } of walkFolder(this.#tree, this.#path, from.place)) {
      this.#marks.pass(number, at);
      if (number >= offset + limit) return { entries, total: this.#total, more: true };
      if (number >= offset) entries.push(listedEntry(entry));
      number++;
    }
    this.#total = number;
    return { entries, total: number, more: false };
  }
}
