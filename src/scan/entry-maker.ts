import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../model/entry.ts';
import type { Content, Entry, EntryKind, Owner, Xattr } from '../model/entry.ts';
import { LIMITS } from '../model/limits.ts';
import type { OwnerCalls } from '../posix/posix.ts';
import type { Stat } from '../posix/stat.ts';

const MOST_OWNERS = 4096;
const MOST_ID = 0xffff_fffe;
const MOST_NSEC = 999_999_999;
/** 2^53 */
const SPAN = 0x20_0000_0000_0000;

/** What an entry holds besides what the inode says. */
export type EntryParts = {
  readonly size?: number;
  readonly content?: Content;
  readonly target?: Uint8Array;
  readonly xattrs?: readonly Xattr[];
};

/** Makes entries of what the system says of an inode. */
export class EntryMaker {
  readonly #calls: OwnerCalls;
  readonly #rootDev: number;
  readonly #owners = new Map<string, Owner>();
  #lastOwner: Owner | null = null;

  /** @param rootDev numbers of hard-link groups on this file system are those of its inodes */
  constructor(calls: OwnerCalls, rootDev: number) {
    this.#calls = calls;
    this.#rootDev = rootDev;
  }

  make(path: Uint8Array, kind: EntryKind, stat: Stat, parts: EntryParts): Entry {
    return {
      path,
      kind,
      mode: stat.mode,
      owner: this.#owner(Math.min(stat.uid, MOST_ID), Math.min(stat.gid, MOST_ID)),
      mtimeSec: stat.mtimeSec,
      mtimeNsec: Math.min(stat.mtimeNsec, MOST_NSEC),
      size: parts.size ?? 0,
      content: parts.content ?? EMPTY_CONTENT,
      target: parts.target ?? NO_BYTES,
      linkGroup: kind === 'file' && stat.nlink > 1 ? this.#linkGroup(stat) : 0,
      xattrs: parts.xattrs ?? NO_XATTRS,
    };
  }

  #owner(uid: number, gid: number): Owner {
    const last = this.#lastOwner;
    if (last !== null && last.uid === uid && last.gid === gid) return last;
    this.#lastOwner = this.#ownerOf(uid, gid);
    return this.#lastOwner;
  }

  #ownerOf(uid: number, gid: number): Owner {
    const key = `${uid}:${gid}`;
    const known = this.#owners.get(key);
    if (known !== undefined) return known;
    const user = fitting(this.#calls.userName(uid));
    const group = fitting(this.#calls.groupName(gid));
    const owner = { uid, gid, user, group };
    if (this.#owners.size >= MOST_OWNERS) this.#owners.clear();
    this.#owners.set(key, owner);
    return owner;
  }

  /** Not 0 and below 2^53. On other file systems than the root's, inodes get their numbers shifted apart. */
  #linkGroup({ ino, dev }: Stat): number {
    const apart = dev === this.#rootDev ? 0 : spread(dev);
    const group = (ino + apart) % SPAN;
    return group === 0 ? 1 : group;
  }
}

/** A number below 2^53 that is far from those of neighbouring devices: Knuth's multiplicative hash, twice. */
function spread(dev: number): number {
  const low = Math.imul(dev | 0, 0x9e3779b1) >>> 0;
  const high = Math.imul(low ^ Math.floor(dev / 0x1_0000_0000), 0x85ebca6b) >>> 11;
  return high * 0x1_0000_0000 + low;
}

function fitting(name: string | undefined): string {
  return name === undefined || Buffer.byteLength(name) > LIMITS.ownerBytes ? '' : name;
}

/** Whether nothing says that what an entry was made of has changed since; the stamp's mark is the caller's to check. */
export function isAsInEntry(entry: Entry, stat: Stat): boolean {
  return (
    entry.kind === stat.kind &&
    entry.mtimeNsec === stat.mtimeNsec &&
    entry.mtimeSec === stat.mtimeSec &&
    (entry.size === stat.size || entry.kind !== 'file') &&
    entry.mode === stat.mode &&
    entry.owner.uid === stat.uid &&
    entry.owner.gid === stat.gid
  );
}
