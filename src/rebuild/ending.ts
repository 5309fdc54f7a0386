import { RbError } from '../base/errors.ts';
import { Deletions } from './deletions.ts';
import type { Desk } from './file-work.ts';
import { clearTmp, Finish, removeStateDir } from './finish.ts';
import type { Ground } from './ground.ts';
import type { Memory } from './memory.ts';
import type { Parts } from './parts.ts';
import type { Report } from './report.ts';
import type { RunTree, Task } from './run-tree.ts';
import type { TaskRunner } from './task-runner.ts';
import type { WorkFiles } from './work-files.ts';

/** What the end of a run has to do with. */
export type EndingRooms = {
  readonly desk: Desk;
  readonly memory: Memory;
  readonly tree: RunTree;
  readonly parts: Parts;
  readonly files: WorkFiles;
  readonly runner: TaskRunner;
  readonly report: Report;
};

/**
 * Everything between the last entry and the last word: what was deleted, what had to wait, the folders' metadata,
 * the state. Between two steps of it tasks may be under way: it is to go on when they are done.
 * @throws not-found if a part of a tree was asked for that isn't there
 */
export function* endRun(
  rooms: EndingRooms,
  snapshot: Uint8Array,
  deferred: readonly Task[],
): Generator<void> {
  const { desk, tree, report } = rooms;
  const { request, isReadOnly } = desk.ground;
  report.phase = 'finishing';
  if (request.subtree !== null && tree.files + tree.dirs === 0)
    throw new RbError('not-found', 'The snapshot has nothing under that path.');
  if (!isReadOnly) yield* putRight(rooms, snapshot, deferred);
  report.flushFiles();
}

function* putRight(
  rooms: EndingRooms,
  snapshot: Uint8Array,
  deferred: readonly Task[],
): Generator<void> {
  const { desk, tree, parts, runner, report } = rooms;
  const { ground } = desk;
  const { shelf, old, ownership, journal } = rooms.memory;
  const isRestore = ground.request.policy === 'restore';
  parts.drop();
  ground.resetWays();
  journal?.sync();
  const deletions = new Deletions(desk, shelf, old, ownership, report);
  if (!isRestore) yield* deletions.run(tree);
  for (const task of deferred) runner.startAfter(task, () => deletions.clearFor(task));
  yield;
  ground.resetWays();
  const finish = new Finish(ground, tree, shelf, old);
  yield* finish.folders(deletions.emptied, !isRestore);
  if (isRestore) endRestore(rooms, finish);
  else yield* commit(rooms, finish, snapshot);
}

function endRestore({ desk, files }: EndingRooms, finish: Finish): void {
  const { ground, sources } = desk;
  files.close();
  sources.close();
  clearTmp(ground, 'all');
  const ownsRoot = ground.request.subtree === null && (ground.rootIsFresh || finish.hasMadeRoot());
  // Before as well: only the folder's time is lost if it ends between the two.
  if (ownsRoot) finish.root();
  removeStateDir(ground.request.stateDir);
  if (ownsRoot) finish.root();
  syncAll(ground);
}

function* commit(
  { desk, memory }: EndingRooms,
  finish: Finish,
  snapshot: Uint8Array,
): Generator<void> {
  const { ground, lists } = desk;
  ground.resetWays();
  yield* finish.writeState(snapshot, lists);
  syncAll(ground);
  finish.replaceState();
  memory.journal?.remove();
  memory.journalIsGone = true;
  clearTmp(ground, 'all');
}

function syncAll({ posix, root }: Ground): void {
  if (posix.abilities.syncfs) posix.syncfs(root);
}
