import { Type } from 'typebox';

import { checkPath } from '../../model/path.ts';
import { Path } from '../api/common.ts';
import { pathBytes } from './path-bytes.ts';

/** The part of a tree that an address names: nothing is the root. */
export const PathQuery = Type.Partial(Path);

export const SnapshotParam = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** The bytes of a path in a snapshot, from an address. @throws name-refused; usage for what is no base64 */
export function treePathOf(query: Partial<Path>): Uint8Array {
  const bytes = pathBytes({ ...query, path: query.path ?? '' });
  checkPath(bytes);
  return bytes;
}
