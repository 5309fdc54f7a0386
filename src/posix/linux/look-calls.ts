import { constants } from 'node:os';
import { isDots } from '../component.ts';
import type { DirEntry, Fd, LookCalls } from '../posix.ts';
import type { FileKind, Stat } from '../stat.ts';
import { foldInode, kindOfMode } from '../stat.ts';
import type { Libc } from './libc.ts';
import type { Memory } from './memory.ts';
import { AREA } from './memory.ts';

/** fcntl.h, linux/stat.h */
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;
const SEEK_SET = 0;

/** Offsets in struct statx (statx(2)), the same on every machine, unlike those of struct stat. */
const STATX = {
  nlink: 16,
  uid: 20,
  gid: 24,
  mode: 28,
  ino: 32,
  size: 40,
  blocks: 48,
  ctime: 96,
  mtime: 112,
  devMajor: 136,
  devMinor: 140,
} as const;

/** struct linux_dirent64 (getdents64(2)). */
const DIRENT = { recordLength: 16, type: 18, name: 19 } as const;

/** dirent.h, DT_*: `st_mode`'s format shifted down. 0 is unknown. */
const KIND_SHIFT = 12;

export function lookCalls(libc: Libc): LookCalls {
  const { calls, memory } = libc;
  const statAddress = memory.base + AREA.small;

  /** @returns whether it went well */
  function stat(dir: Fd, name: number, flags: number): boolean {
    return calls.statx(dir, name, flags, STATX_BASIC_STATS, statAddress) === 0;
  }

  return {
    lstatAt(dir, name) {
      if (!stat(dir, memory.name(name, 'statx'), AT_SYMLINK_NOFOLLOW)) throw libc.failure('statx');
      return statIn(memory);
    },
    lstatIfThere(dir, name) {
      if (stat(dir, memory.name(name, 'statx'), AT_SYMLINK_NOFOLLOW)) return statIn(memory);
      if (libc.errno() === constants.errno.ENOENT) return undefined;
      throw libc.failure('statx');
    },
    fstat(fd) {
      memory.bytes[AREA.path] = 0;
      if (!stat(fd, memory.base + AREA.path, AT_EMPTY_PATH)) throw libc.failure('statx');
      return statIn(memory);
    },
    readDir(dir) {
      // The folder's own position says how far it was read before.
      if (calls.lseek(dir, 0, SEEK_SET) < 0) throw libc.failure('lseek');
      const entries: DirEntry[] = [];
      for (;;) {
        const filled = calls.getdents64(dir, memory.base + AREA.large, AREA.largeBytes);
        if (filled < 0) throw libc.failure('getdents64');
        if (filled === 0) return entries;
        takeEntries(memory, filled, entries);
      }
    },
    readlinkAt(dir, name) {
      const address = memory.name(name, 'readlinkat');
      const length = calls.readlinkat(dir, address, memory.base + AREA.large, AREA.largeBytes);
      if (length < 0) throw libc.failure('readlinkat');
      return memory.copy(AREA.large, AREA.large + length);
    },
  };
}

function statIn(memory: Memory): Stat {
  const { view } = memory;
  const at = AREA.small;
  const stMode = view.getUint16(at + STATX.mode, true);
  return {
    kind: kindOfMode(stMode),
    mode: stMode & 0o7777,
    uid: view.getUint32(at + STATX.uid, true),
    gid: view.getUint32(at + STATX.gid, true),
    size: memory.uint64(at + STATX.size),
    mtimeSec: memory.int64(at + STATX.mtime),
    mtimeNsec: view.getUint32(at + STATX.mtime + 8, true),
    ctimeSec: memory.int64(at + STATX.ctime),
    ctimeNsec: view.getUint32(at + STATX.ctime + 8, true),
    ino: foldInode(view.getUint32(at + STATX.ino, true), view.getUint32(at + STATX.ino + 4, true)),
    dev:
      view.getUint32(at + STATX.devMajor, true) * 0x1_0000_0000 +
      view.getUint32(at + STATX.devMinor, true),
    nlink: view.getUint32(at + STATX.nlink, true),
    blocks: memory.uint64(at + STATX.blocks),
  };
}

function takeEntries(memory: Memory, filled: number, entries: DirEntry[]): void {
  const end = AREA.large + filled;
  for (let at = AREA.large; at < end;) {
    const start = at + DIRENT.name;
    let stop = start;
    while (memory.bytes[stop] !== 0) stop++;
    const name = memory.copy(start, stop);
    if (!isDots(name))
      entries.push({ name, kind: kindOfType(memory.bytes[at + DIRENT.type] as number) });
    at += memory.view.getUint16(at + DIRENT.recordLength, true);
  }
}

function kindOfType(type: number): FileKind | undefined {
  return type === 0 ? undefined : kindOfMode(type << KIND_SHIFT);
}
