import type { Entry, EntryKind } from '../../model/entry.ts';

/** What a list shows of an entry: copies, so that a long list doesn't keep the pages that it was read from. */
export type ListedEntry = {
  readonly path: Uint8Array;
  readonly kind: EntryKind;
  readonly mode: number;
  readonly size: number;
  /** Milliseconds since 1970, rounded down. */
  readonly mtimeMs: number;
  /** Of a symbolic link, else empty. */
  readonly target: Uint8Array;
};

export function listedEntry(entry: Entry): ListedEntry {
  const { path, kind, mode, size, target } = entry;
  return {
    path: path.slice(),
    kind,
    mode,
    size,
    mtimeMs: mtimeMsOf(entry),
    target: target.slice(),
  };
}

/** Whole milliseconds since 1970, rounded down. */
export function mtimeMsOf({ mtimeSec, mtimeNsec }: Entry): number {
  return mtimeSec * 1000 + Math.floor(mtimeNsec / 1e6);
}
