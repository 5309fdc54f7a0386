import { attributeCalls } from './linux/attribute-calls.ts';
import { fileCalls } from './linux/file-calls.ts';
import { loadLibc } from './linux/libc.ts';
import { lookCalls } from './linux/look-calls.ts';
import { nameCalls } from './linux/name-calls.ts';
import { openCalls } from './linux/open-calls.ts';
import { ownerCalls } from './linux/owner-calls.ts';
import { xattrCalls } from './linux/xattr-calls.ts';
import type { Posix } from './posix.ts';

/**
 * The port on Linux, through the C library of this process. One for each thread.
 * @throws if the library that calls foreign functions can't be loaded here
 */
export function linuxPosix(): Posix {
  const libc = loadLibc();
  return {
    kind: 'linux',
    abilities: {
      confined: true,
      xattrs: true,
      holes: true,
      fifos: true,
      nanoseconds: true,
      syncfs: true,
    },
    ...openCalls(libc),
    ...fileCalls(libc),
    ...lookCalls(libc),
    ...nameCalls(libc),
    ...attributeCalls(libc),
    ...xattrCalls(libc),
    ...ownerCalls(libc),
  };
}
