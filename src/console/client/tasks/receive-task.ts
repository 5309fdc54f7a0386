import type { SetKey } from '../../../model/snapshot.ts';
import { checkLabel, formatSetKey } from '../../../model/snapshot.ts';
import { Destination } from '../../../client/receive/destination.ts';
import { destinationLabel } from '../../../client/receive/destination-label.ts';
import { receive } from '../../../client/receive/standing-order.ts';
import type { ReceiveEvent } from '../../../client/receive/standing-order.ts';
import type { TransferEvent, TransferResult } from '../../../client/receive/transfer.ts';
import type { ReceiveRequest } from '../../api/client-api.ts';
import { folderText } from './folder-text.ts';
import { sessionOf } from './task-context.ts';
import type { TaskContext } from './task-context.ts';
import { failureOfTask } from './task-record.ts';
import type { TaskRecord } from './task-record.ts';
import { resultOfRebuild } from './task-result.ts';

/** A folder that is a destination from now on, and what it is called. */
export type ReceivePlan = { readonly destination: Destination; readonly name: string };

/**
 * Makes the folder a destination and locks it; closing the destination gives it back.
 * @throws dir-unwritable, busy, usage, name-refused
 */
export async function planReceive(
  { folder, set, as }: ReceiveRequest,
  host: string,
): Promise<ReceivePlan> {
  const dir = folderText(folder);
  const name = destinationLabel(dir, as, host);
  if (set !== null) {
    checkLabel('user', set.user);
    checkLabel('host', set.host);
    checkLabel('set', set.set);
  }
  return { destination: await Destination.open(dir, set), name };
}

/** Is a destination until it is stopped, through any number of lost connections. Nothing is thrown. */
export async function runReceive(
  task: TaskRecord,
  plan: ReceivePlan,
  context: TaskContext,
): Promise<void> {
  const { pool, transfers, windowBytes } = context.work;
  const isSingle = plan.destination.single !== null;
  try {
    await receive({
      ...plan,
      connect: async () => await sessionOf(task, context),
      pool,
      clock: context.clock,
      random: context.random,
      listFiles: true,
      keepSetId: false,
      once: false,
      windowBytes,
      takePlace: async (signal) => await transfers.take(signal),
      onEvent: (event) => onEvent(task, event, isSingle),
      signal: task.signal,
    });
    task.end('cancelled', null, null);
  } catch (error) {
    task.endWith(error);
  } finally {
    plan.destination.close();
  }
}

function onEvent(task: TaskRecord, event: ReceiveEvent, isSingle: boolean): void {
  switch (event.t) {
    case 'connected':
      return task.enter('waiting');
    case 'disconnected':
      task.transfers.drop();
      return task.enter('connecting', { offline: failureOfTask(event.error) });
    case 'begin':
      task.transfers.begin(event.key);
      if (event.mends) task.trouble(folderOf(event.key, isSingle), 'differs', WRONG);
      return task.enter('running');
    case 'transfer':
      return onTransfer(task, event.key, event.event, isSingle);
    case 'done':
      return ended(task, event.key, event.result);
    case 'failed':
      task.transfers.end(event.key, 'failed', null, failureOfTask(event.error));
      return task.enter(task.transfers.running > 0 ? 'running' : 'waiting');
  }
}

/** Of a set, when the hub has found it out. */
const WRONG =
  'It is not what was received: files are damaged, or somebody changed them. All of it is read again and mended from the hub.';

/** Where the tree of a set is, in the folder. */
function folderOf({ user, host, set }: SetKey, isSingle: boolean): Buffer {
  return Buffer.from(isSingle ? '' : `${user}@${host}/${set}/`);
}

function onTransfer(task: TaskRecord, key: SetKey, event: TransferEvent, isSingle: boolean): void {
  const folder = folderOf(key, isSingle);
  switch (event.t) {
    case 'at':
      task.transfers.at(key, event);
      return task.changed();
    case 'origin':
      task.transfers.origin(key, event.progress.file);
      return task.changed();
    case 'files':
      task.files.add(event.paths, event.deleted, folder);
      return task.changed();
    case 'problem':
      return task.trouble(Buffer.concat([folder, event.path]), event.code, event.message);
  }
}

function ended(task: TaskRecord, key: SetKey, result: TransferResult): void {
  const told = resultOfRebuild(result, task.transfers.seconds(key));
  const things = result.problems === 1 ? '1 thing' : `${result.problems} things`;
  const message = `${things} of ${formatSetKey(key)} could not be put in place; see to what is in the way, and begin again.`;
  if (result.verified) task.transfers.end(key, 'verified', told, null);
  else task.transfers.end(key, 'incomplete', told, { code: 'in-the-way', message });
  task.enter(task.transfers.running > 0 ? 'running' : 'waiting');
}
