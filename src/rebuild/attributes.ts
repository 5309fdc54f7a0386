import { equalBytes } from '../base/bytes.ts';
import type { Entry, Owner, Xattr } from '../model/entry.ts';
import type { Fd, Posix, XattrTarget } from '../posix/posix.ts';
import type { Stat } from '../posix/stat.ts';
import { isKeptXattr } from '../posix/xattr-names.ts';
import { codeOf } from './problems.ts';

const SET_ID = 0o6000;
const OWNER_ALL = 0o700;
/** For what is not finished: nobody else may look. */
export const PRIVATE = 0o600;
const CAPABILITY = Buffer.from('security.capability');
const TRUSTED = Buffer.from('trusted.');

const CANNOT_HOLD: ReadonlySet<string> = new Set([
  'ENOTSUP',
  'EOPNOTSUPP',
  'EPERM',
  'E2BIG',
  'ENOSPC',
  'EINVAL',
  'ERANGE',
]);

type Made = { readonly mode: number; readonly uid: number; readonly gid: number };
type Ids = { readonly uid: number; readonly gid: number };

/**
 * Mode, owner, time and attributes: what an entry means on this machine, and bringing it about. Owners go by name
 * where the name exists here, else by number, and are left alone where they may not be set. What would give rights
 * that the origin's user may not have here (set-id bits of files, capabilities) is dropped unless asked for.
 */
export class Attributes {
  readonly #posix: Posix;
  readonly #keepSetId: boolean;
  readonly mayChown: boolean;
  /**
   * What becomes of a file that is opened with a mode: the umask, the folder and the file system have their say. The
   * first of each mode shows it for all, since they are all made in one folder.
   */
  readonly #asMade = new Map<number, Made>();
  /** Is told of an entry whose attributes this file system can't hold. */
  readonly #lost: (entry: Entry) => void;
  #lastOwner: Owner | null = null;
  #lastIds: Ids = { uid: 0, gid: 0 };

  constructor(posix: Posix, keepSetId: boolean, lost: (entry: Entry) => void) {
    this.#lost = lost;
    this.#posix = posix;
    this.#keepSetId = keepSetId;
    this.mayChown = posix.mayChown();
  }

  mode(entry: Entry): number {
    return entry.kind === 'file' && !this.#keepSetId ? entry.mode & ~SET_ID : entry.mode;
  }

  /** Whether what is on disk has all of it. Content is not looked at. */
  isRight(entry: Entry, stat: Stat, target: XattrTarget): boolean {
    if (entry.kind !== 'symlink' && stat.mode !== this.mode(entry)) return false;
    if (!this.isTime(entry, stat)) return false;
    if (this.mayChown) {
      const { uid, gid } = this.#ids(entry.owner);
      if (stat.uid !== uid || stat.gid !== gid) return false;
    }
    const wanted = this.#xattrs(entry);
    if (!this.#posix.hasXattrs(target)) return wanted.length === 0;
    const found = this.#posix.xattrs(target);
    return (
      found.length === wanted.length &&
      found.every((xattr, at) => sameXattr(xattr, wanted[at] as Xattr))
    );
  }

  /** Whether the time of change is the entry's, as exactly as this system can tell. */
  isTime(entry: Entry, stat: Stat): boolean {
    if (stat.mtimeSec !== entry.mtimeSec) return false;
    return stat.mtimeNsec === entry.mtimeNsec || !this.#posix.abilities.nanoseconds;
  }

  /** The mode with which a new file is best opened: its own, unless what comes after would not be allowed, or undo it. */
  modeToOpen(entry: Entry): number {
    const mode = this.mode(entry);
    return entry.xattrs.length > 0 || (mode & SET_ID) !== 0 ? PRIVATE : mode;
  }

  /**
   * For a file that was just made in `tmp/` and has no attributes. Order: each step may undo a later one's.
   * @param asked the mode that it was opened with
   */
  setOnNew(entry: Entry, fd: Fd, asked: number): void {
    const made = this.#asMade.get(asked) ?? this.#learn(asked, fd);
    let mode = made.mode;
    if (this.mayChown) {
      const { uid, gid } = this.#ids(entry.owner);
      if (uid !== made.uid || gid !== made.gid) {
        this.#posix.fchown(fd, uid, gid);
        mode = -1;
      }
    }
    if (entry.xattrs.length > 0) {
      for (const xattr of this.#xattrs(entry)) this.#setXattr(entry, fd, xattr);
      mode = -1;
    }
    if (mode !== this.mode(entry)) this.#posix.fchmod(fd, this.mode(entry));
    this.#posix.futimens(fd, entry.mtimeSec, entry.mtimeNsec);
  }

  #learn(asked: number, fd: Fd): Made {
    const { mode, uid, gid } = this.#posix.fstat(fd);
    const made = { mode, uid, gid };
    this.#asMade.set(asked, made);
    return made;
  }

  /** For an open file or folder of any past. */
  set(entry: Entry, fd: Fd): void {
    const stat = this.#posix.fstat(fd);
    if (this.mayChown) {
      const { uid, gid } = this.#ids(entry.owner);
      if (stat.uid !== uid || stat.gid !== gid) this.#posix.fchown(fd, uid, gid);
    }
    // Setting an attribute needs the right to write, which the mode may deny to the owner.
    if (this.#setXattrs(entry, fd, () => this.#posix.fchmod(fd, stat.mode | OWNER_ALL))) {
      this.#posix.fchmod(fd, this.mode(entry));
    } else if (this.#posix.fstat(fd).mode !== this.mode(entry))
      this.#posix.fchmod(fd, this.mode(entry));
    this.#posix.futimens(fd, entry.mtimeSec, entry.mtimeNsec);
  }

  /** For what can't be opened: symbolic links and FIFOs. */
  setByName(entry: Entry, dir: Fd, name: Uint8Array): void {
    const stat = this.#posix.lstatAt(dir, name);
    if (this.mayChown) {
      const { uid, gid } = this.#ids(entry.owner);
      if (stat.uid !== uid || stat.gid !== gid) this.#posix.chownAt(dir, name, uid, gid);
    }
    this.#setXattrs(entry, { dir, name }, () => undefined);
    if (entry.kind !== 'symlink') this.#posix.chmodAt(dir, name, this.mode(entry));
    this.#posix.setTimesAt(dir, name, entry.mtimeSec, entry.mtimeNsec);
  }

  /** Removes what a new thing inherited, such as a default ACL. */
  clear(target: XattrTarget): void {
    if (!this.#posix.hasXattrs(target)) return;
    for (const { name } of this.#posix.xattrs(target)) this.#posix.removeXattr(target, name);
  }

  /** @returns whether there was anything to do */
  #setXattrs(entry: Entry, target: XattrTarget, unlock: () => void): boolean {
    const wanted = this.#xattrs(entry);
    const found = this.#posix.hasXattrs(target) ? this.#posix.xattrs(target) : [];
    if (wanted.length === 0 && found.length === 0) return false;
    const change = (): void => {
      for (const { name } of found) {
        if (!wanted.some((xattr) => equalBytes(xattr.name, name)))
          this.#posix.removeXattr(target, name);
      }
      for (const xattr of wanted) {
        if (!found.some((other) => sameXattr(other, xattr))) this.#setXattr(entry, target, xattr);
      }
    };
    try {
      change();
    } catch (error) {
      if (codeOf(error) !== 'EACCES') throw error;
      unlock();
      change();
    }
    return true;
  }

  #setXattr(entry: Entry, target: XattrTarget, { name, value }: Xattr): void {
    try {
      this.#posix.setXattr(target, name, value);
    } catch (error) {
      // ENOSPC: ext4 has no more than a block for all of an inode's attributes (xattr(7)).
      if (!CANNOT_HOLD.has(codeOf(error) ?? '')) throw error;
      this.#lost(entry);
    }
  }

  #xattrs(entry: Entry): readonly Xattr[] {
    if (entry.xattrs.length === 0) return entry.xattrs;
    return entry.xattrs.filter(({ name }) => {
      if (!isKeptXattr(name)) return false;
      if (equalBytes(name, CAPABILITY)) return this.#keepSetId && this.mayChown;
      return this.mayChown || !equalBytes(name.subarray(0, TRUSTED.length), TRUSTED);
    });
  }

  #ids(owner: Owner): Ids {
    // Entries of a page share their owners, so it mostly is the one before.
    if (owner === this.#lastOwner) return this.#lastIds;
    const uid = owner.user === '' ? undefined : this.#posix.userId(owner.user);
    const gid = owner.group === '' ? undefined : this.#posix.groupId(owner.group);
    this.#lastOwner = owner;
    this.#lastIds = { uid: uid ?? owner.uid, gid: gid ?? owner.gid };
    return this.#lastIds;
  }
}

function sameXattr(left: Xattr, right: Xattr): boolean {
  return equalBytes(left.name, right.name) && equalBytes(left.value, right.value);
}

/** Whether two entries ask for the same mode, owner, time and attributes. */
export function sameAttributes(left: Entry, right: Entry): boolean {
  return (
    left.mode === right.mode &&
    left.mtimeSec === right.mtimeSec &&
    left.mtimeNsec === right.mtimeNsec &&
    left.owner.uid === right.owner.uid &&
    left.owner.gid === right.owner.gid &&
    left.owner.user === right.owner.user &&
    left.owner.group === right.owner.group &&
    left.xattrs.length === right.xattrs.length &&
    left.xattrs.every((xattr, at) => sameXattr(xattr, right.xattrs[at] as Xattr))
  );
}

/** Whether two entries of one kind hold the same: chunks, or a link's target. */
export function sameContent(left: Entry, right: Entry): boolean {
  if (left.size !== right.size || left.content.depth !== right.content.depth) return false;
  if (
    left.content.refs.length !== right.content.refs.length ||
    !equalBytes(left.target, right.target)
  )
    return false;
  return left.content.refs.every((ref, at) => {
    const other = right.content.refs[at];
    if (other === undefined || ref.bytes !== other.bytes) return false;
    return ref.id === null || other.id === null
      ? ref.id === other.id
      : equalBytes(ref.id, other.id);
  });
}
