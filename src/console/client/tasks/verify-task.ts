import { RbError } from '../../../base/errors.ts';
import { verifyDestination } from '../../../client/verify.ts';
import type { VerifiedSet, VerifyResult } from '../../../client/verify.ts';
import { formatSetKey } from '../../../model/snapshot.ts';
import type { SetKey } from '../../../model/snapshot.ts';
import type { RebuildEvent } from '../../../rebuild/protocol.ts';
import type { Failure } from '../../api/common.ts';
import { QUEUED_HERE } from './restore-task.ts';
import { sessionOf } from './task-context.ts';
import type { TaskContext } from './task-context.ts';
import type { TaskRecord } from './task-record.ts';
import { resultOfVerify } from './task-result.ts';

/** Verifies a destination, and writes down how it goes. Nothing is thrown. */
export async function runVerify(
  task: TaskRecord,
  dir: string,
  context: TaskContext,
): Promise<void> {
  const { pool, rebuilds } = context.work;
  const verifying = new Set<string>();
  const onEvent = (key: SetKey, event: RebuildEvent): void => {
    const name = formatSetKey(key);
    if (!verifying.has(name)) task.transfers.begin(key);
    verifying.add(name);
    if (event.t === 'at') task.transfers.at(key, event);
    if (event.t === 'problem') return task.trouble(event.path, event.code, event.message);
    task.changed();
  };
  let leavePlace: (() => void) | null = null;
  try {
    if (rebuilds.isFull) task.enter('queued', { queue: QUEUED_HERE });
    leavePlace = await rebuilds.take(task.signal);
    task.enter('connecting');
    const result = await verifyDestination(dir, {
      openSession: async () => {
        try {
          return await sessionOf(task, context);
        } finally {
          task.enter('running');
        }
      },
      pool,
      onEvent,
      signal: task.signal,
    });
    finish(task, result);
  } catch (error) {
    task.endWith(error);
  } finally {
    leavePlace?.();
  }
}

function finish(task: TaskRecord, { sets, hubError }: VerifyResult): void {
  for (const set of sets) {
    const seconds = task.transfers.seconds(set.key);
    const state = set.isWhole ? 'verified' : 'incomplete';
    task.transfers.end(set.key, state, resultOfVerify([set], seconds), failureOf(set));
  }
  if (task.signal.aborted) throw new RbError('interrupted', 'Stopped.');
  const told = resultOfVerify(sets, task.seconds);
  if (sets.every((set) => set.isWhole)) return task.end('done', told, null);
  const code = sets.flatMap(({ problems }) => problems)[0]?.code ?? 'differs';
  const message =
    hubError === null
      ? 'Something is damaged and could not be mended.'
      : `Something is damaged, and nothing could be mended, as the hub is out of reach: ${hubError.message}`;
  task.end('failed', told, { code, message });
}

function failureOf({ isWhole, snapshot, problems }: VerifiedSet): Failure | null {
  if (isWhole) return null;
  if (snapshot === null)
    return { code: 'not-found', message: 'Its first transfer never ended; receive it to get it.' };
  const things = problems.length === 1 ? '1 thing is' : `${problems.length} things are`;
  return { code: problems[0]?.code ?? 'differs', message: `${things} not as verified.` };
}
