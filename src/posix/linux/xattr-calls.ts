import { constants } from 'node:os';
import { compareBytes } from '../../base/bytes.ts';
import { isKeptXattr } from '../xattr-names.ts';
import type { Xattr, XattrCalls, XattrTarget } from '../posix.ts';
import { PosixError } from '../posix-error.ts';
import type { Libc } from './libc.ts';
import { AREA } from './memory.ts';

/** linux/limits.h: XATTR_LIST_MAX, XATTR_SIZE_MAX */
const LIST_BYTES = 64 * 1024;
const VALUE_BYTES = 64 * 1024;
const VALUE_AREA = AREA.large + LIST_BYTES;

export function xattrCalls(libc: Libc): XattrCalls {
  const { calls, memory } = libc;
  const listAddress = memory.base + AREA.large;
  const valueAddress = memory.base + VALUE_AREA;

  function target(at: Exclude<XattrTarget, number>, syscall: string): number {
    return memory.procPath(at.dir, at.name, syscall);
  }

  /** Fills the list. @returns its bytes */
  function list(at: XattrTarget): number {
    const bytes =
      typeof at === 'number'
        ? calls.flistxattr(at, listAddress, LIST_BYTES)
        : calls.llistxattr(target(at, 'listxattr'), listAddress, LIST_BYTES);
    if (bytes >= 0) return bytes;
    if (libc.errno() === constants.errno.ENOTSUP) return 0;
    throw libc.failure('listxattr');
  }

  /** The names of the list that belong to a backup, copied. */
  function keptNames(listBytes: number): Uint8Array[] {
    const names: Uint8Array[] = [];
    for (let start = AREA.large; start < AREA.large + listBytes;) {
      const end = memory.bytes.indexOf(0, start);
      const name = memory.copy(start, end);
      if (isKeptXattr(name)) names.push(name);
      start = end + 1;
    }
    return names.toSorted(compareBytes);
  }

  /** @returns undefined if it is gone meanwhile, or may not be read by us though it is listed */
  function value(at: XattrTarget, name: Uint8Array): Uint8Array | undefined {
    const nameAddress = memory.path(name, 'getxattr', AREA.path2);
    const bytes =
      typeof at === 'number'
        ? calls.fgetxattr(at, nameAddress, valueAddress, VALUE_BYTES)
        : calls.lgetxattr(target(at, 'getxattr'), nameAddress, valueAddress, VALUE_BYTES);
    if (bytes >= 0) return memory.copy(VALUE_AREA, VALUE_AREA + bytes);
    const errno = libc.errno();
    if (errno === constants.errno.ENODATA || errno === constants.errno.ENOTSUP) return undefined;
    throw libc.failure('getxattr');
  }

  return {
    hasXattrs(at) {
      const bytes = list(at);
      return bytes > 0 && keptNames(bytes).length > 0;
    },
    xattrs(at) {
      const found: Xattr[] = [];
      for (const name of keptNames(list(at))) {
        const bytes = value(at, name);
        if (bytes !== undefined) found.push({ name, value: bytes });
      }
      return found;
    },
    setXattr(at, name, bytes) {
      if (bytes.length > VALUE_BYTES) throw new PosixError('E2BIG', 'setxattr');
      const nameAddress = memory.path(name, 'setxattr', AREA.path2);
      memory.bytes.set(bytes, VALUE_AREA);
      const result =
        typeof at === 'number'
          ? calls.fsetxattr(at, nameAddress, valueAddress, bytes.length, 0)
          : calls.lsetxattr(target(at, 'setxattr'), nameAddress, valueAddress, bytes.length, 0);
      if (result < 0) throw libc.failure('setxattr');
    },
    removeXattr(at, name) {
      const nameAddress = memory.path(name, 'removexattr', AREA.path2);
      const result =
        typeof at === 'number'
          ? calls.fremovexattr(at, nameAddress)
          : calls.lremovexattr(target(at, 'removexattr'), nameAddress);
      if (result < 0) throw libc.failure('removexattr');
    },
  };
}
