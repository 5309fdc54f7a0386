import type { ReceivePlan } from './receive-task.ts';
import { planReceive, runReceive } from './receive-task.ts';
import { planBackup, runBackup } from './backup-task.ts';
import { planRestore, runRestore } from './restore-task.ts';
import { runVerify } from './verify-task.ts';
import { folderText } from './folder-text.ts';
import { Destination } from '../../../client/receive/destination.ts';
import { destinationLabel } from '../../../client/receive/destination-label.ts';
import type { ReceiveRequest, TaskRequest } from '../../api/client-api.ts';
import type { TaskContext } from './task-context.ts';
import type { TaskRecord } from './task-record.ts';

/** Does a task whose record is given, to its end. Nothing is thrown. */
export type Work = (task: TaskRecord) => Promise<void>;

/**
 * Looks whether a task can be done, and makes what it needs before it begins.
 * @returns does it
 * @throws RbError what is wrong with the request, its folder or its file
 */
export async function planWork(request: TaskRequest, context: TaskContext): Promise<Work> {
  switch (request.kind) {
    case 'backup': {
      const plan = await planBackup(request);
      return async (task) => await runBackup(task, plan, context);
    }
    case 'receive':
      return receiving(await planReceive(request, context.host), context);
    case 'restore': {
      const plan = planRestore(request);
      return async (task) => await runRestore(task, plan, context);
    }
    case 'verify': {
      const dir = folderText(request.folder);
      return async (task) => await runVerify(task, dir, context);
    }
  }
}

/**
 * The same for a folder that received before. It is never made: where it is missing, its disk may be.
 * @throws RbError `not-found`, `busy`, …
 */
export async function planResumed(request: ReceiveRequest, context: TaskContext): Promise<Work> {
  const dir = folderText(request.folder);
  const name = destinationLabel(dir, request.as, context.host);
  return receiving({ destination: await Destination.open(dir, undefined), name }, context);
}

function receiving(plan: ReceivePlan, context: TaskContext): Work {
  return async (task) => await runReceive(task, plan, context);
}
