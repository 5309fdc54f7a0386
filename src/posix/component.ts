import { PosixError } from './posix-error.ts';

const SLASH = 0x2f;
const DOT = 0x2e;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Whether these bytes are `.` or `..`, or nothing. */
export function isDots(name: Uint8Array): boolean {
  const { length } = name;
  if (length > 2) return false;
  return length === 0 || (name[0] === DOT && (length === 1 || name[1] === DOT));
}

/**
 * Refuses what is not the name of one thing in one folder. On Windows `\` parts folders too, and
 * `:` begins the name of a drive or of a stream inside a file.
 * @throws PosixError EINVAL
 */
export function checkComponent(
  name: Uint8Array,
  syscall: string,
  windows: boolean = process.platform === 'win32',
): void {
  const bad =
    isDots(name) ||
    name.includes(0) ||
    name.includes(SLASH) ||
    (windows && (name.includes(BACKSLASH) || name.includes(COLON)));
  if (bad) throw new PosixError('EINVAL', syscall);
}
