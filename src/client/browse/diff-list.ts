import type { EntryKind } from '../../model/entry.ts';
import { DIFF_START, diffTrees } from './diff.ts';
import type { Change, DiffPosition } from './diff.ts';
import type { PagedTree } from './paged-tree.ts';
import { PlaceMarks } from './place-marks.ts';

/** The place of each change of this many is remembered, at first. */
const MARK_EVERY = 500;

/** What a list shows of a change: copies, so that a long list doesn't keep the pages that it was read from. */
export type ListedChange = {
  readonly change: Change['change'];
  readonly path: Uint8Array;
  readonly kind: EntryKind;
  readonly bytesBefore: number | null;
  readonly bytesAfter: number | null;
};

export type ChangeCounts = Readonly<Record<Change['change'], number>>;

export type DiffPart = {
  readonly changes: readonly ListedChange[];
  /** Whether there are more behind these. */
  readonly more: boolean;
  /** Of all there are. */
  readonly counts: ChangeCounts;
};

/** What differs between two trees, counted once and then read part by part, each from a place near its beginning. */
export class DiffList {
  readonly #before: PagedTree;
  readonly #after: PagedTree;
  readonly #marks: PlaceMarks<DiffPosition>;
  readonly counts: ChangeCounts;

  private constructor(
    before: PagedTree,
    after: PagedTree,
    marks: PlaceMarks<DiffPosition>,
    counts: ChangeCounts,
  ) {
    this.#before = before;
    this.#after = after;
    this.#marks = marks;
    this.counts = counts;
  }

  /** Compares all of both: what pages they share costs nothing. */
  static async compute(before: PagedTree, after: PagedTree): Promise<DiffList> {
    const counts = { added: 0, removed: 0, changed: 0, metadata: 0 };
    const marks = new PlaceMarks<DiffPosition>(MARK_EVERY);
    let number = 0;
    for await (const { change, at } of diffTrees(before, after, DIFF_START)) {
      marks.pass(number++, at);
      counts[change.change]++;
    }
    return new DiffList(before, after, marks, counts);
  }

  async part(offset: number, limit: number): Promise<DiffPart> {
    const changes: ListedChange[] = [];
    const from = this.#marks.before(offset);
    if (from === null) return { changes, more: false, counts: this.counts };
    let { number } = from;
    for await (const { change } of diffTrees(this.#before, this.#after, from.place)) {
      if (number >= offset + limit) return { changes, more: true, counts: this.counts };
      if (number++ >= offset) changes.push(listedChange(change));
    }
    return { changes, more: false, counts: this.counts };
  }
}

function listedChange({ change, path, before, after }: Change): ListedChange {
  return {
    change,
    path: path.slice(),
    kind: (after ?? before)?.kind ?? 'file',
    bytesBefore: before?.size ?? null,
    bytesAfter: after?.size ?? null,
  };
}
