import { equalBytes } from '../base/bytes.ts';
import type { Entry } from '../model/entry.ts';
import { nameOf } from '../model/path.ts';
import type { Stat } from '../posix/stat.ts';
import { compareNow } from './file-work.ts';
import type { Desk } from './file-work.ts';

/** Whether what is on disk under a path is what a version of it says; a long file without its lists is not. */
export function isVersion(desk: Desk, version: Entry, stat: Stat, path: Uint8Array): boolean {
  if (version.kind !== stat.kind) return false;
  if (version.kind === 'file')
    return stat.size === version.size && compareNow(desk, version, path) === true;
  if (version.kind !== 'symlink') return true;
  const { posix, source } = desk.ground;
  return equalBytes(posix.readlinkAt(source.parent(path), nameOf(path)), version.target);
}
