import { checkPath } from '../model/path.ts';

/**
 * A path inside a snapshot as a user writes it: slashes in front and behind, and `.`, don't count.
 *
 * @throws RbError `name-refused`
 */
export function treePath(typed: Uint8Array): Uint8Array {
  const text = Buffer.from(typed).toString('latin1');
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const path = Buffer.from(parts.join('/'), 'latin1');
  checkPath(path);
  return path;
}
