import { RbError } from '../../base/errors.ts';
import type { Path } from '../api/common.ts';

/** The bytes of a path: `pathBytes` counts where it is there. @throws RbError `usage` for what is no base64 */
export function pathBytes({ path, pathBytes: base64 }: Path): Buffer {
  if (base64 === undefined) return Buffer.from(path);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64))
    throw new RbError('usage', 'The bytes of the path are no base64.');
  return Buffer.from(base64, 'base64');
}
