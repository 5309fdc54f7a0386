import { RbError } from '../base/errors.ts';
import { treePath } from './tree-path.ts';

const LATEST = '@latest';

/**
 * Takes `SNAPSHOT[:PATH]` apart. A set's name may hold colons, so in what names a set the path begins behind
 * `@latest`; an id or `latest` ends at the first colon.
 *
 * @param typed the bytes of the argument
 * @throws RbError `usage`, `name-refused`
 */
export function splitSnapshotPath(typed: Uint8Array): {
  snapshot: string;
  subtree: Uint8Array | null;
} {
  const bytes = Buffer.from(typed);
  const latest = bytes.indexOf(`${LATEST}:`);
  const isSet = latest >= 0 || bytes.toString('latin1').endsWith(LATEST);
  const colon = isSet ? (latest < 0 ? -1 : latest + LATEST.length) : bytes.indexOf(':');
  const snapshot = (colon < 0 ? bytes : bytes.subarray(0, colon)).toString('utf8');
  if (snapshot === '')
    throw new RbError(
      'usage',
      'Say which snapshot: an id, a beginning of one, SET@latest or latest.',
    );
  if (colon < 0) return { snapshot, subtree: null };
  const subtree = treePath(bytes.subarray(colon + 1));
  return { snapshot, subtree: subtree.length === 0 ? null : subtree };
}
