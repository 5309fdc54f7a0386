import { systemCodeOf } from './errors.ts';

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
