import type { Entry } from '../model/entry.ts';

/** What is known about an entry of the new tree besides the entry. */
export const FLAGS = {
  /** Its inode is not the one that the old state stamped, or was not there. */
  changed: 1,
  /** Something that is not ours stands in its place, or above. */
  blocked: 2,
  /** It could not be put in place, or not with everything. */
  failed: 4,
  /** A folder whose metadata has to be set at the end. */
  dirty: 8,
  /** A file or link where a folder of ours stood: put in place when that is gone. */
  deferred: 16,
} as const;

export type RunPage = { readonly page: number; readonly flags: Uint8Array };

/** An entry of the new tree by the place of its page in the tree and its place in the page. */
export type Spot = { readonly seq: number; readonly place: number };

/** A folder of the new tree. Its spot is null for a root that no entry stands for. */
export type Folder = {
  readonly path: Uint8Array;
  readonly parent: Folder | null;
  readonly spot: Spot | null;
  state: 'there' | 'absent' | 'blocked';
  /** Something of ours that is no folder stands there and has to be set aside first. */
  evict: boolean;
};

/** Something to be done for one entry. */
export type Task = {
  readonly entry: Entry;
  readonly spot: Spot;
  /** Its number on the shelf. */
  readonly number: number;
  readonly folder: Folder;
  /**
   * make: from its content, in place of what is there if `mayReplace`. check: a file is there; is it this one?
   * touch: only the metadata differ. link: the group's first name decides. folder: make it.
   */
  readonly action: 'make' | 'check' | 'touch' | 'link' | 'folder';
  /** What was there when it was decided: ino, size and mtime; null if nothing was. */
  readonly found: {
    readonly ino: number;
    readonly size: number;
    readonly mtimeSec: number;
    readonly mtimeNsec: number;
    readonly nlink: number;
  } | null;
  readonly mayReplace: boolean;
  /** The old state had the very same: what is done to it is mending. */
  readonly isMending: boolean;
};

/** The new tree as a sequence of pages, with a byte for each entry. */
export class RunTree {
  readonly pages: RunPage[] = [];
  files = 0;
  dirs = 0;
  bytes = 0;

  add(page: number, count: number): number {
    this.pages.push({ page, flags: new Uint8Array(count) });
    return this.pages.length - 1;
  }

  flag(spot: Spot | null, flags: number): void {
    if (spot === null) return;
    const page = (this.pages[spot.seq] as RunPage).flags;
    page[spot.place] = (page[spot.place] as number) | flags;
  }
}
