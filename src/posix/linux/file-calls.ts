import { constants } from 'node:os';
import type { Fd, FileCalls } from '../posix.ts';
import type { Libc } from './libc.ts';

/** unistd.h */
const SEEK_END = 2;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
/** fcntl.h: the same on both machines whose calls are known. */
const POSIX_FADV_WILLNEED = 3;

export function fileCalls(libc: Libc): FileCalls {
  const { calls } = libc;

  // Above 2^53 this rounds: only a hole can reach so far.
  function seek(fd: Fd, offset: number, whence: number): number {
    return Number(calls.lseek(fd, offset, whence));
  }

  return {
    read(fd, into, position) {
      let count = calls.pread(fd, into, into.length, position);
      while (count < 0 && libc.interrupted()) count = calls.pread(fd, into, into.length, position);
      if (count < 0) throw libc.failure('pread');
      return count;
    },
    willNeed(fd) {
      calls.posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED);
    },
    write(fd, bytes, position) {
      for (let done = 0; done < bytes.length;) {
        const rest = done === 0 ? bytes : bytes.subarray(done);
        const count = calls.pwrite(fd, rest, rest.length, position + done);
        if (count < 0 && !libc.interrupted()) throw libc.failure('pwrite');
        if (count > 0) done += count;
      }
    },
    nextData(fd, offset) {
      const found = seek(fd, offset, SEEK_DATA);
      if (found >= 0) return found;
      const errno = libc.errno();
      if (errno === constants.errno.ENXIO) return -1;
      if (errno === constants.errno.EINVAL) return offset < seek(fd, 0, SEEK_END) ? offset : -1;
      throw libc.failure('lseek');
    },
    nextHole(fd, offset) {
      const found = seek(fd, offset, SEEK_HOLE);
      if (found >= 0) return found;
      const errno = libc.errno();
      if (errno === constants.errno.ENXIO) return -1;
      if (errno !== constants.errno.EINVAL) throw libc.failure('lseek');
      const end = seek(fd, 0, SEEK_END);
      return offset < end ? end : -1;
    },
    fsync(fd) {
      while (calls.fsync(fd) < 0) if (!libc.interrupted()) throw libc.failure('fsync');
    },
    syncfs(fd) {
      while (calls.syncfs(fd) < 0) if (!libc.interrupted()) throw libc.failure('syncfs');
    },
  };
}
