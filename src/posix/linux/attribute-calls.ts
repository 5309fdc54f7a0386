import { constants as fsConstants } from 'node:fs';
import { constants } from 'node:os';
import type { AttributeCalls, Fd } from '../posix.ts';
import { PosixError } from '../posix-error.ts';
import type { Libc } from './libc.ts';
import { AREA } from './memory.ts';

/** fcntl.h, sys/stat.h */
const AT_SYMLINK_NOFOLLOW = 0x100;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const UTIME_OMIT = 0x3ffffffe;

export function attributeCalls(libc: Libc): AttributeCalls {
  const { calls, memory } = libc;
  // Linux 6.6 has a call that does not follow links; older ones go by /proc.
  let hasFchmodat2 = true;

  function check(result: number, syscall: string): void {
    if (result < 0) throw libc.failure(syscall);
  }

  /**
   * Two struct timespec: the access time left as it is, the modification time. @returns their
   * address
   */
  function times(mtimeSec: number, mtimeNsec: number): number {
    const at = AREA.small;
    memory.setInt64(at, 0);
    memory.setInt64(at + 8, UTIME_OMIT);
    memory.setInt64(at + 16, mtimeSec);
    memory.setInt64(at + 24, mtimeNsec);
    return memory.base + at;
  }

  /** An O_PATH descriptor is the thing itself, whatever its name means by now. */
  function chmodByProc(dir: Fd, name: Uint8Array, mode: number): void {
    const flags = O_PATH | O_CLOEXEC | fsConstants.O_NOFOLLOW;
    const fd = calls.openat(dir, memory.name(name, 'fchmodat'), flags, 0);
    check(fd, 'fchmodat');
    const result = calls.chmod(memory.path(Buffer.from(`/proc/self/fd/${fd}`), 'fchmodat'), mode);
    const failure = result < 0 ? libc.failure('fchmodat') : undefined;
    calls.close(fd);
    if (failure !== undefined) throw failure;
  }

  return {
    fchmod(fd, mode) {
      check(calls.fchmod(fd, mode), 'fchmod');
    },
    chmodAt(dir, name, mode) {
      if (hasFchmodat2) {
        const address = memory.name(name, 'fchmodat');
        if (calls.fchmodat2(dir, address, mode, AT_SYMLINK_NOFOLLOW) === 0) return;
        // EPERM too: old container sandboxes answer so to calls they do not know. By /proc it is
        // decided for good.
        const errno = libc.errno();
        if (errno !== constants.errno.ENOSYS && errno !== constants.errno.EPERM)
          throw libc.failure('fchmodat');
        if (errno === constants.errno.ENOSYS) hasFchmodat2 = false;
      }
      chmodByProc(dir, name, mode);
    },
    fchown(fd, uid, gid) {
      check(calls.fchown(fd, uid, gid), 'fchown');
    },
    chownAt(dir, name, uid, gid) {
      check(
        calls.fchownat(dir, memory.name(name, 'fchownat'), uid, gid, AT_SYMLINK_NOFOLLOW),
        'fchownat',
      );
    },
    futimens(fd, mtimeSec, mtimeNsec) {
      checkTime(mtimeSec, mtimeNsec);
      check(calls.futimens(fd, times(mtimeSec, mtimeNsec)), 'futimens');
    },
    setTimesAt(dir, name, mtimeSec, mtimeNsec) {
      checkTime(mtimeSec, mtimeNsec);
      const address = memory.name(name, 'utimensat');
      check(
        calls.utimensat(dir, address, times(mtimeSec, mtimeNsec), AT_SYMLINK_NOFOLLOW),
        'utimensat',
      );
    },
  };
}

// Two values of the nanoseconds mean "now" and "leave it" to the kernel: a stranger must not get to
// say that.
function checkTime(sec: number, nsec: number): void {
  const legal = Number.isSafeInteger(sec) && Number.isInteger(nsec) && nsec >= 0 && nsec < 1e9;
  if (!legal) throw new PosixError('EINVAL', 'utimensat');
}
