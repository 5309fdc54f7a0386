import type { Posix } from '../posix/posix.ts';
import { codeOf } from './problems.ts';
import { openTrash } from './trash.ts';
import { trashFolders } from './trash-names.ts';
import { isOver } from './trash-purge.ts';
import type { PurgeRequest } from './trash-purge.ts';
import { removeTrash } from './trash-removal.ts';

/** Removes the folders of the trash whose time is over; what can't be removed stays for the next time. */
export function emptyTrash(posix: Posix, request: PurgeRequest): void {
  const trash = openTrash(posix, Buffer.from(request.home));
  try {
    for (const name of trashFolders(posix, trash)) {
      const { kind, mtimeSec } = posix.lstatAt(trash, name);
      const text = Buffer.from(name).toString('latin1');
      if (kind !== 'dir' || !isOver(text, mtimeSec * 1000, request)) continue;
      try {
        for (const _ of removeTrash(posix, trash, name));
      } catch (error) {
        if (codeOf(error) === undefined) throw error;
      }
    }
  } finally {
    posix.close(trash);
  }
}
