import { constants } from 'node:fs';
import type { Fd, OpenCalls } from '../posix.ts';
import type { Libc } from './libc.ts';

/** fcntl.h: the same on every Linux; node:fs does not name them. */
const AT_FDCWD = -100;
const O_CLOEXEC = 0o2000000;

const ROOT_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;
const DIR_FLAGS = ROOT_FLAGS | constants.O_NOFOLLOW;
const FILE_FLAGS = O_CLOEXEC | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

export function openCalls(libc: Libc): OpenCalls {
  const { calls, memory } = libc;

  function open(dir: Fd, address: number, flags: number, mode: number): Fd {
    let fd = calls.openat(dir, address, flags, mode);
    while (fd < 0 && libc.interrupted()) fd = calls.openat(dir, address, flags, mode);
    if (fd < 0) throw libc.failure('openat');
    return fd;
  }

  return {
    openRoot(path) {
      const bytes = typeof path === 'string' ? Buffer.from(path) : path;
      return open(AT_FDCWD, memory.path(bytes, 'openat'), ROOT_FLAGS, 0);
    },
    openDir(dir, name) {
      return open(dir, memory.name(name, 'openat'), DIR_FLAGS, 0);
    },
    openFile(dir, name, flags, mode = 0o600) {
      return open(dir, memory.name(name, 'openat'), flags | FILE_FLAGS, mode);
    },
    close(fd) {
      // After EINTR Linux has closed it all the same: a second try could close another thread's
      // file (close(2)).
      if (calls.close(fd) < 0 && !libc.interrupted()) throw libc.failure('close');
    },
  };
}
