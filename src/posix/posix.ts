/**
 * The port to the system calls that Node lacks, for reading a tree and for rebuilding one from a
 * hostile source.
 *
 * Every call is synchronous: it belongs into a worker thread. A name is the raw bytes of ONE
 * component; the port refuses (`EINVAL`) an empty one, `.`, `..`, and any with `/` or NUL, so no
 * call can leave the folder it was given. No call follows a symbolic link, except `openRoot` in the
 * path a person gave. Buffers passed in are read or filled before the call returns and are never
 * kept; buffers returned belong to the caller.
 *
 * Calls throw an `Error` with the system's `code` (`ENOENT`, `EEXIST`, `ELOOP`, `ENOSPC`, …).
 */

import type { FileKind, Stat } from './stat.ts';

/**
 * An open file, or an open folder. A file's may be used with node:fs; a folder's only with this
 * port.
 */
export type Fd = number;

/** What a system can do; where it can't, the call throws `ENOTSUP` or does as its text says. */
export type PosixAbilities = {
  /** A folder stays the same folder though its path is swapped for a symbolic link meanwhile. */
  readonly confined: boolean;
  readonly xattrs: boolean;
  readonly holes: boolean;
  readonly fifos: boolean;
  /** Times to the nanosecond. Without it: to about a microsecond. */
  readonly nanoseconds: boolean;
  /** `syncfs` works. Without it, each file and folder must be synced by itself. */
  readonly syncfs: boolean;
};

/**
 * A name in a folder. `kind` is undefined where the file system does not tell; then `lstatAt` does.
 */
export type DirEntry = { readonly name: Uint8Array; readonly kind: FileKind | undefined };

export type Xattr = { readonly name: Uint8Array; readonly value: Uint8Array };

/** An open file or folder, or a name in a folder, of any kind: symbolic links are not followed. */
export type XattrTarget = Fd | { readonly dir: Fd; readonly name: Uint8Array };

/** Opening and closing. */
export type OpenCalls = {
  /** A folder by any path, links in it followed: where a tree begins. */
  openRoot(path: string | Uint8Array): Fd;
  /** A folder in a folder. @throws ENOTDIR for anything else, also for a link to a folder */
  openDir(dir: Fd, name: Uint8Array): Fd;
  /**
   * A file in a folder. `flags` are those of node:fs; not following links and closing on exec are
   * always added, and O_NONBLOCK, so that a FIFO put there meanwhile can't block: check the kind by
   * `fstat`.
   * @throws ELOOP for a symbolic link
   */
  openFile(dir: Fd, name: Uint8Array, flags: number, mode?: number): Fd;
  /**
   * Closes what this port opened. Never use node:fs for that, nor this for what node:fs opened: in
   * a worker thread Node keeps its own list of open files and warns. A thread that ends leaves open
   * what the port opened.
   */
  close(fd: Fd): void;
};

/**
 * Contents of files. Positions are bytes from the start; only `nextData` and `nextHole` move the
 * file's own.
 */
export type FileCalls = {
  /** Reads up to `into.length` bytes. @returns how many; fewer at the end, 0 behind it */
  read(fd: Fd, into: Uint8Array, position: number): number;
  /**
   * Says that a file will soon be read, so that the system may begin to fetch it. Only a hint: does nothing where that
   * can't be said, and never fails.
   */
  willNeed(fd: Fd): void;
  /** Writes all the bytes. */
  write(fd: Fd, bytes: Uint8Array, position: number): void;
  /**
   * Where data begins at or after `offset`; -1 if only a hole follows. Where holes can't be told:
   * `offset`.
   */
  nextData(fd: Fd, offset: number): number;
  /**
   * Where a hole begins at or after `offset`; the end of the file counts as one. -1 if `offset` is
   * behind it.
   */
  nextHole(fd: Fd, offset: number): number;
  /** The file's contents and size, or the folder's names, are durable after. */
  fsync(fd: Fd): void;
  /**
   * Everything written to the file system that holds `fd` before the call is durable after.
   * @throws ENOTSUP
   */
  syncfs(fd: Fd): void;
};

/** Looking at things. */
export type LookCalls = {
  lstatAt(dir: Fd, name: Uint8Array): Stat;
  /** The same, or undefined if there is nothing of that name: much cheaper than an error. */
  lstatIfThere(dir: Fd, name: Uint8Array): Stat | undefined;
  fstat(fd: Fd): Stat;
  /** All names but `.` and `..`, in no order. */
  readDir(dir: Fd): DirEntry[];
  readlinkAt(dir: Fd, name: Uint8Array): Uint8Array;
};

/**
 * Making, moving, removing. None is durable before `fsync` of the folder, or `syncfs`. The process's
 * umask is taken off every mode that something is made with; `chmodAt` and `fchmod` set all of it.
 */
export type NameCalls = {
  mkdirAt(dir: Fd, name: Uint8Array, mode: number): void;
  /** A symbolic link. `target` is any bytes but NUL, 1 to 4,095 of them. */
  symlinkAt(target: Uint8Array, dir: Fd, name: Uint8Array): void;
  /** @throws ENOTSUP */
  mkfifoAt(dir: Fd, name: Uint8Array, mode: number): void;
  /** A second name for the same inode; of a symbolic link, for the link itself. */
  linkAt(dir: Fd, name: Uint8Array, newDir: Fd, newName: Uint8Array): void;
  /** Replaces what is there, atomically. */
  renameAt(dir: Fd, name: Uint8Array, newDir: Fd, newName: Uint8Array): void;
  /** Never replaces. @throws EEXIST */
  renameNoReplaceAt(dir: Fd, name: Uint8Array, newDir: Fd, newName: Uint8Array): void;
  unlinkAt(dir: Fd, name: Uint8Array): void;
  rmdirAt(dir: Fd, name: Uint8Array): void;
};

/** Metadata. Access times are left as they are. */
export type AttributeCalls = {
  fchmod(fd: Fd, mode: number): void;
  /** @throws ENOTSUP for a symbolic link: links have no mode */
  chmodAt(dir: Fd, name: Uint8Array, mode: number): void;
  fchown(fd: Fd, uid: number, gid: number): void;
  chownAt(dir: Fd, name: Uint8Array, uid: number, gid: number): void;
  futimens(fd: Fd, mtimeSec: number, mtimeNsec: number): void;
  setTimesAt(dir: Fd, name: Uint8Array, mtimeSec: number, mtimeNsec: number): void;
};

/** Extended attributes, POSIX ACLs and file capabilities among them (xattr(7)). */
export type XattrCalls = {
  /** Whether there is any that `isKeptXattr` keeps: one short call. */
  hasXattrs(target: XattrTarget): boolean;
  /** All that `isKeptXattr` keeps, sorted by name. Empty where the file system has none. */
  xattrs(target: XattrTarget): Xattr[];
  /** Sets or replaces one. @throws ENOTSUP, EPERM, E2BIG above 64 KiB, ENOSPC */
  setXattr(target: XattrTarget, name: Uint8Array, value: Uint8Array): void;
  /** @throws ENODATA if there is none of that name */
  removeXattr(target: XattrTarget, name: Uint8Array): void;
};

/** Names of users and groups, remembered after the first question. */
export type OwnerCalls = {
  userName(uid: number): string | undefined;
  groupName(gid: number): string | undefined;
  userId(name: string): number | undefined;
  groupId(name: string): number | undefined;
  /** Whether this process may give files to others. */
  mayChown(): boolean;
};

export type Posix = {
  readonly kind: 'linux' | 'portable';
  readonly abilities: PosixAbilities;
} & OpenCalls &
  FileCalls &
  LookCalls &
  NameCalls &
  AttributeCalls &
  XattrCalls &
  OwnerCalls;
