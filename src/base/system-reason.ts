import { RbError, systemCodeOf, toRbError } from './errors.ts';

/** What the system's codes mean where something is read or written. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'its permissions forbid it',
  EDQUOT: 'the quota is used up',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open in this program',
  ENFILE: 'too many files are open on this machine',
  ENODEV: 'the disk is gone',
  ENOENT: 'it is gone',
  ENOSPC: 'there is no space left',
  EPERM: 'its permissions forbid it',
  EROFS: 'the disk is mounted read-only',
};

/**
 * Why the system refused something, as the end of a sentence: `the disk reports an error (EIO)`. For an error that is
 * none of the system's its own words.
 */
export function reasonOf(error: unknown): string {
  const code = systemCodeOf(error);
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  const reason = REASONS[code];
  return reason === undefined ? code : `${reason} (${code})`;
}

/**
 * As `toRbError`, for what reads and writes many files: an error of the disk, or a lack of descriptors, that nobody met
 * before is no fault in rbbackup itself.
 */
export function asDiskFault(error: unknown): RbError {
  const known = toRbError(error);
  const isOfDisk = Object.hasOwn(REASONS, systemCodeOf(error) ?? '');
  if (known.code !== 'internal' || !isOfDisk) return known;
  const message = `Something could not be read or written: ${reasonOf(error)}. When that is put right, try again.`;
  return new RbError('dir-unwritable', message, { cause: error, retry: true });
}
