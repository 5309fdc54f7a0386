import { RbError } from '../../../base/errors.ts';
import { pathBytes } from '../path-bytes.ts';
import { escapeName } from '../../../base/names.ts';
import type { Path } from '../../api/common.ts';

const SLASH = 0x2f;

/** The bytes of an absolute path. @throws RbError `usage` */
export function absoluteBytes(path: Path): Buffer {
  const bytes = pathBytes(path);
  if (bytes[0] === SLASH && !bytes.includes(0)) return bytes;
  throw new RbError('usage', 'Choose a folder; its path begins with a slash.');
}

/** An absolute path as text, for what is rebuilt on this disk. @throws RbError `usage` */
export function folderText(path: Path): string {
  const bytes = absoluteBytes(path);
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes))
    return text.length > 1 ? text.replace(/\/+$/, '') || '/' : text;
  throw new RbError(
    'usage',
    `${escapeName(bytes)} has a name that is not UTF-8; choose a folder whose path is.`,
  );
}
