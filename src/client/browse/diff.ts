import { equalBytes } from '../../base/bytes.ts';
import type { Content, Entry } from '../../model/entry.ts';
import { comparePaths } from '../../model/path.ts';
import type { ChunkSource } from './chunk-source.ts';
import { PagedTree } from './paged-tree.ts';
import { PageStore } from './page-store.ts';
import { TreeCursor } from './tree-cursor.ts';
import type { TreePosition } from './paged-tree.ts';

export type Change = {
  /** `changed`: content, target or kind; `metadata`: only what else is kept of it. */
  readonly change: 'added' | 'removed' | 'changed' | 'metadata';
  readonly path: Uint8Array;
  readonly before: Entry | null;
  readonly after: Entry | null;
};

/** How far two trees have been compared. */
export type DiffPosition = { readonly before: TreePosition; readonly after: TreePosition };

export const DIFF_START: DiffPosition = {
  before: { page: 0, entry: 0 },
  after: { page: 0, entry: 0 },
};

/** Two snapshots are compared with the pages at hand and some ahead. */
const STORE_BOUNDS = { pageBytes: 4 * 1024 * 1024, firstPathBytes: 0 };

/** What differs between two snapshots, in walking order. Contents are compared by their ids; no file is fetched. */
export async function* diffSnapshots(
  source: ChunkSource,
  before: Uint8Array,
  after: Uint8Array,
): AsyncGenerator<Change, void, void> {
  const store = new PageStore(source, STORE_BOUNDS);
  const [old, now] = await Promise.all([
    PagedTree.open(source, before, store),
    PagedTree.open(source, after, store),
  ]);
  for await (const { change } of diffTrees(old, now, DIFF_START)) yield change;
}

/**
 * The same from some position on, with the position before each change. Pages that both have are never read.
 *
 * @throws protocol for a tree that isn't in order
 */
export async function* diffTrees(
  before: PagedTree,
  after: PagedTree,
  from: DiffPosition,
): AsyncGenerator<{ readonly change: Change; readonly at: DiffPosition }, void, void> {
  const olds = new TreeCursor(before, from.before);
  const news = new TreeCursor(after, from.after);
  for (;;) {
    skipShared(olds, news);
    const at = { before: olds.position, after: news.position };
    const [old, now] = [await olds.entry(), await news.entry()];
    if (old === null && now === null) return;
    const order = old === null ? 1 : now === null ? -1 : comparePaths(old.path, now.path);
    const change = compared(order <= 0 ? old : null, order >= 0 ? now : null);
    if (change !== null) yield { change, at };
    if (order <= 0) olds.advance();
    if (order >= 0) news.advance();
  }
}

function skipShared(olds: TreeCursor, news: TreeCursor): void {
  for (;;) {
    const id = olds.nextPageId;
    const other = news.nextPageId;
    if (id === null || other === null || !equalBytes(id, other)) return;
    olds.skipPage();
    news.skipPage();
  }
}

function compared(before: Entry | null, after: Entry | null): Change | null {
  if (before === null)
    return after === null ? null : { change: 'added', path: after.path, before, after };
  if (after === null) return { change: 'removed', path: before.path, before, after };
  if (
    before.kind !== after.kind ||
    !equalBytes(before.target, after.target) ||
    !sameContent(before.content, after.content)
  ) {
    return { change: 'changed', path: after.path, before, after };
  }
  return sameMetadata(before, after)
    ? null
    : { change: 'metadata', path: after.path, before, after };
}

/** Whether two contents are the same bytes by their ids; the same cutting gives the same references. */
export function sameContent(a: Content, b: Content): boolean {
  if (a.depth !== b.depth || a.refs.length !== b.refs.length) return false;
  return a.refs.every((ref, i) => {
    const other = b.refs[i];
    if (other === undefined || other.bytes !== ref.bytes) return false;
    return ref.id === null || other.id === null
      ? ref.id === other.id
      : equalBytes(ref.id, other.id);
  });
}

function sameMetadata(a: Entry, b: Entry): boolean {
  const isSameOwner =
    a.owner.uid === b.owner.uid &&
    a.owner.gid === b.owner.gid &&
    a.owner.user === b.owner.user &&
    a.owner.group === b.owner.group;
  const isSameTime = a.mtimeSec === b.mtimeSec && a.mtimeNsec === b.mtimeNsec;
  if (
    a.mode !== b.mode ||
    !isSameOwner ||
    !isSameTime ||
    a.linkGroup !== b.linkGroup ||
    a.xattrs.length !== b.xattrs.length
  )
    return false;
  return a.xattrs.every(({ name, value }, i) => {
    const other = b.xattrs[i];
    return other !== undefined && equalBytes(other.name, name) && equalBytes(other.value, value);
  });
}
