import { equalBytes } from '../../base/bytes.ts';
import type { Content, Entry } from '../../model/entry.ts';
import { comparePaths } from '../../model/path.ts';
import type { ChunkReader } from '../chunk-reader.ts';
import { readEntries } from './tree.ts';

export type Change = {
  /** `changed`: content, target or kind; `metadata`: only what else is kept of it. */
  readonly change: 'added' | 'removed' | 'changed' | 'metadata';
  readonly path: Uint8Array;
  readonly before: Entry | null;
  readonly after: Entry | null;
};

/** What differs between two snapshots, in walking order. Contents are compared by their ids; no file is fetched. */
export async function* diffSnapshots(
  reader: ChunkReader,
  before: Uint8Array,
  after: Uint8Array,
): AsyncGenerator<Change, void, void> {
  const olds = readEntries(reader, before);
  const news = readEntries(reader, after);
  let old = (await olds.next()).value ?? null;
  let now = (await news.next()).value ?? null;
  while (old !== null || now !== null) {
    const order = old === null ? 1 : now === null ? -1 : comparePaths(old.path, now.path);
    const change = compared(order <= 0 ? old : null, order >= 0 ? now : null);
    if (change !== null) yield change;
    if (order <= 0) old = (await olds.next()).value ?? null;
    if (order >= 0) now = (await news.next()).value ?? null;
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
