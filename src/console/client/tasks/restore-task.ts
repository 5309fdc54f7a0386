import { fromHex } from '../../../base/bytes.ts';
import { pathBytes } from '../path-bytes.ts';
import { RbError } from '../../../base/errors.ts';
import { makeFolders } from '../../../base/durable-folders.ts';
import { escapeName } from '../../../base/names.ts';
import { restore } from '../../../client/restore.ts';
import type { RestoreRequest } from '../../../client/restore.ts';
import { leave } from '../../../client/session.ts';
import type { HubSession } from '../../../client/session.ts';
import { checkPath } from '../../../model/path.ts';
import { formatSetKey } from '../../../model/snapshot.ts';
import type { RebuildEvent } from '../../../rebuild/protocol.ts';
import type { RestoreRequest as Asked } from '../../api/client-api.ts';
import { folderText } from './folder-text.ts';
import { sessionOf } from './task-context.ts';
import type { TaskContext } from './task-context.ts';
import type { TaskRecord } from './task-record.ts';
import { resultOfRebuild } from './task-result.ts';

/** What a restore will do; makes its folder. @throws usage, name-refused, dir-unwritable */
export function planRestore(asked: Asked): RestoreRequest {
  const into = folderText(asked.into);
  const subtree = asked.subtree === null ? null : pathBytes(asked.subtree);
  if (subtree !== null) checkPath(subtree);
  try {
    makeFolders(into);
  } catch (cause) {
    const why = `The folder ${escapeName(into)} can't be made; choose another.`;
    throw new RbError('dir-unwritable', why, { cause });
  }
  return {
    snapshot: fromHex(asked.snapshot),
    subtree: subtree === null || subtree.length === 0 ? null : subtree,
    into,
    overwrite: asked.overwrite,
    keepSetId: false,
    listFiles: true,
  };
}

/** Restores, and writes down how it goes. Nothing is thrown. */
export async function runRestore(
  task: TaskRecord,
  plan: RestoreRequest,
  context: TaskContext,
): Promise<void> {
  const { pool, rebuilds } = context.work;
  let session: HubSession | null = null;
  let leavePlace: (() => void) | null = null;
  try {
    if (rebuilds.isFull) task.enter('queued', { queue: QUEUED_HERE });
    leavePlace = await rebuilds.take(task.signal);
    task.enter('connecting');
    session = await sessionOf(task, context);
    task.enter('running');
    const done = await restore(plan, {
      session,
      pool,
      onSnapshot: ({ key }) => task.setIs(formatSetKey(key)),
      onEvent: (event) => rebuilt(task, event),
      signal: task.signal,
    });
    const told = resultOfRebuild(done, task.seconds);
    const things = done.problems === 1 ? '1 thing' : `${done.problems} things`;
    const message = `${things} could not be restored; each is named. Overwriting replaces what is newer.`;
    if (done.verified) task.end('done', told, null);
    else task.end('incomplete', told, { code: 'in-the-way', message });
  } catch (error) {
    task.endWith(error);
  } finally {
    leavePlace?.();
    if (session !== null) await leave(session);
  }
}

/** What is said while other restores and verifies are at work. */
export const QUEUED_HERE =
  'Other restores or checks of this program are at work; this one begins when one of them is through.';

function rebuilt(task: TaskRecord, event: RebuildEvent): void {
  if (event.t === 'at') task.progress.at(event);
  else if (event.t === 'files') task.files.add(event.paths, event.deleted);
  else if (event.t === 'problem') return task.trouble(event.path, event.code, event.message);
  task.changed();
}
