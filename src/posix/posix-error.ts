import { constants } from 'node:os';

/**
 * A system call that failed. `code` is the system's name for the reason (`ENOENT`, `ENOSPC`, …), as
 * in errors of node:fs, which the portable port throws: `systemCodeOf` of src/base/errors.ts reads
 * both. It never leaves the rooms that call the port: they turn it into an `RbError`.
 */
export class PosixError extends Error {
  readonly code: string;
  readonly syscall: string;

  constructor(code: string, syscall: string) {
    super(`${code}: ${syscall} failed`);
    this.name = 'PosixError';
    this.code = code;
    this.syscall = syscall;
  }
}

const CODE_OF_ERRNO: ReadonlyMap<number, string> = new Map([
  ...Object.entries(constants.errno).map(([code, errno]): [number, string] => [errno, code]),
  // Two names for one number on Linux: one of each is enough for callers to compare with.
  [constants.errno.ENOTSUP, 'ENOTSUP'],
  [constants.errno.EAGAIN, 'EAGAIN'],
]);

/** The name of an errno number, `UNKNOWN` for one that Node does not list. */
export function codeOfErrno(errno: number): string {
  return CODE_OF_ERRNO.get(errno) ?? 'UNKNOWN';
}
