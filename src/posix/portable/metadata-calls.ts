import {
  chmodSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { PosixError } from '../posix-error.ts';
import type { AttributeCalls, NameCalls, XattrCalls } from '../posix.ts';
import type { FolderHandles } from './handles.ts';

export function nameCalls(handles: FolderHandles): NameCalls {
  return {
    mkdirAt(dir, name, mode) {
      mkdirSync(handles.pathOf(dir, name), { mode });
    },
    symlinkAt: (target, dir, name) => symlinkSync(Buffer.from(target), handles.pathOf(dir, name)),
    mkfifoAt() {
      throw new PosixError('ENOTSUP', 'mkfifo');
    },
    linkAt: (dir, name, newDir, newName) =>
      linkSync(handles.pathOf(dir, name), handles.pathOf(newDir, newName)),
    renameAt: (dir, name, newDir, newName) =>
      renameSync(handles.pathOf(dir, name), handles.pathOf(newDir, newName)),
    renameNoReplaceAt(dir, name, newDir, newName) {
      const from = handles.pathOf(dir, name);
      const to = handles.pathOf(newDir, newName);
      if (lstatSync(from).isDirectory()) renameFolder(from, to);
      else {
        linkSync(from, to);
        unlinkSync(from);
      }
    },
    unlinkAt: (dir, name) => unlinkSync(handles.pathOf(dir, name)),
    rmdirAt: (dir, name) => rmdirSync(handles.pathOf(dir, name)),
  };
}

// rename() of a folder replaces at most an empty folder: nothing can be lost between the look and
// the deed.
function renameFolder(from: Buffer, to: Buffer): void {
  if (lstatSync(to, { throwIfNoEntry: false }) !== undefined)
    throw new PosixError('EEXIST', 'rename');
  renameSync(from, to);
}

export function attributeCalls(handles: FolderHandles): AttributeCalls {
  return {
    fchmod(fd, mode) {
      const folder = handles.folder(fd);
      if (folder === undefined) fchmodSync(fd, mode);
      else chmodSync(folder, mode);
    },
    chmodAt(dir, name, mode) {
      const path = handles.pathOf(dir, name);
      if (lstatSync(path).isSymbolicLink()) throw new PosixError('ENOTSUP', 'chmod');
      chmodSync(path, mode);
    },
    fchown(fd, uid, gid) {
      const folder = handles.folder(fd);
      if (folder === undefined) fchownSync(fd, uid, gid);
      else lchownSync(folder, uid, gid);
    },
    chownAt: (dir, name, uid, gid) => lchownSync(handles.pathOf(dir, name), uid, gid),
    futimens(fd, mtimeSec, mtimeNsec) {
      const seconds = secondsText(mtimeSec, mtimeNsec);
      const folder = handles.folder(fd);
      if (folder === undefined) futimesSync(fd, seconds, seconds);
      else lutimesSync(folder, seconds, seconds);
    },
    setTimesAt(dir, name, mtimeSec, mtimeNsec) {
      const path = handles.pathOf(dir, name);
      const seconds = secondsText(mtimeSec, mtimeNsec);
      lutimesSync(path, secondsText(lstatSync(path).atimeMs / 1000, 0), seconds);
    },
  };
}

// As text: a number below 0 means the present time to node:fs.
function secondsText(sec: number, nsec: number): string {
  return String(sec + nsec / 1e9);
}

/** node:fs has none: there are none to keep, and none can be set. */
export const noXattrs: XattrCalls = {
  hasXattrs: () => false,
  xattrs: () => [],
  setXattr() {
    throw new PosixError('ENOTSUP', 'setxattr');
  },
  removeXattr() {
    throw new PosixError('ENOTSUP', 'removexattr');
  },
};
