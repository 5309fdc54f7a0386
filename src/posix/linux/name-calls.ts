import { constants } from 'node:os';
import type { NameCalls } from '../posix.ts';
import type { Libc } from './libc.ts';
import { AREA } from './memory.ts';

/** fcntl.h, linux/fs.h */
const AT_REMOVEDIR = 0x200;
const RENAME_NOREPLACE = 1;

export function nameCalls(libc: Libc): NameCalls {
  const { calls, memory } = libc;

  function check(result: number, syscall: string): void {
    if (result < 0) throw libc.failure(syscall);
  }

  return {
    mkdirAt(dir, name, mode) {
      check(calls.mkdirat(dir, memory.name(name, 'mkdirat'), mode), 'mkdirat');
    },
    symlinkAt(target, dir, name) {
      const address = memory.path(target, 'symlinkat', AREA.path2);
      check(calls.symlinkat(address, dir, memory.name(name, 'symlinkat')), 'symlinkat');
    },
    mkfifoAt(dir, name, mode) {
      check(calls.mkfifoat(dir, memory.name(name, 'mkfifoat'), mode), 'mkfifoat');
    },
    linkAt(dir, name, newDir, newName) {
      const from = memory.name(name, 'linkat');
      check(
        calls.linkat(dir, from, newDir, memory.name(newName, 'linkat', AREA.path2), 0),
        'linkat',
      );
    },
    renameAt(dir, name, newDir, newName) {
      const from = memory.name(name, 'renameat');
      check(
        calls.renameat(dir, from, newDir, memory.name(newName, 'renameat', AREA.path2)),
        'renameat',
      );
    },
    renameNoReplaceAt(dir, name, newDir, newName) {
      const from = memory.name(name, 'renameat2');
      const to = memory.name(newName, 'renameat2', AREA.path2);
      if (calls.renameat2(dir, from, newDir, to, RENAME_NOREPLACE) === 0) return;
      const errno = libc.errno();
      // File systems without the flag (some network ones) say EINVAL. linkat never replaces either,
      // but takes no folders: for those the first error stands.
      if (errno !== constants.errno.EINVAL && errno !== constants.errno.ENOSYS)
        throw libc.failure('renameat2');
      check(calls.linkat(dir, from, newDir, to, 0), 'renameat2');
      check(calls.unlinkat(dir, from, 0), 'unlinkat');
    },
    unlinkAt(dir, name) {
      check(calls.unlinkat(dir, memory.name(name, 'unlinkat'), 0), 'unlinkat');
    },
    rmdirAt(dir, name) {
      check(calls.unlinkat(dir, memory.name(name, 'rmdirat'), AT_REMOVEDIR), 'rmdirat');
    },
  };
}
