import type { Posix } from '../posix/posix.ts';
import { codeOf } from './problems.ts';

/**
 * The same calls, but what fails because the disk is full is tried again for as long as room can be made. Not the syncs:
 * one that fails may have given up what it was to write, and would seem to succeed the second time.
 *
 * @param makeRoom gives something up; false when there is nothing more
 */
export function withRoom(posix: Posix, makeRoom: () => boolean): Posix {
  const again = <Result>(act: () => Result): Result => {
    for (;;) {
      try {
        return act();
      } catch (error) {
        const code = codeOf(error);
        if ((code !== 'ENOSPC' && code !== 'EDQUOT') || !makeRoom()) throw error;
      }
    }
  };
  return {
    ...posix,
    openFile: (...given) => again(() => posix.openFile(...given)),
    write: (...given) => again(() => posix.write(...given)),
    mkdirAt: (...given) => again(() => posix.mkdirAt(...given)),
    symlinkAt: (...given) => again(() => posix.symlinkAt(...given)),
    mkfifoAt: (...given) => again(() => posix.mkfifoAt(...given)),
    linkAt: (...given) => again(() => posix.linkAt(...given)),
    renameAt: (...given) => again(() => posix.renameAt(...given)),
    renameNoReplaceAt: (...given) => again(() => posix.renameNoReplaceAt(...given)),
    setXattr: (...given) => again(() => posix.setXattr(...given)),
  };
}
