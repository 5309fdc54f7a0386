import { toRbError } from '../../../base/errors.ts';
import { jsonPath } from '../../../base/json-path.ts';
import { escapeName } from '../../../base/names.ts';
import { backup, defaultSetName } from '../../../client/backup/backup.ts';
import { outcomeOf } from '../../../client/backup/outcome.ts';
import type { BackupEvent, BackupRequest } from '../../../client/backup/request.ts';
import { inspectSource } from '../../../client/backup/source.ts';
import { ReconnectPauses, isOutOfReach, pause } from '../../../client/reconnect.ts';
import { leave } from '../../../client/session.ts';
import type { HubSession } from '../../../client/session.ts';
import { checkLabel, formatSetKey } from '../../../model/snapshot.ts';
import type { Copy } from '../../../wire/messages-backup.ts';
import type { CopyLine } from '../../api/common.ts';
import type { BackupRequest as Asked } from '../../api/client-api.ts';
import { absoluteBytes } from './folder-text.ts';
import { sessionOf } from './task-context.ts';
import type { TaskContext } from './task-context.ts';
import { failureOfTask } from './task-record.ts';
import type { TaskRecord } from './task-record.ts';
import { resultOfBackup } from './task-result.ts';

/**
 * What a backup will do; looks at its source.
 * @throws not-found, unreadable, unsupported, usage, name-refused
 */
export async function planBackup(asked: Asked): Promise<BackupRequest> {
  const source = await inspectSource(absoluteBytes(asked.source), asked.recursive);
  if (asked.set !== undefined) checkLabel('set', asked.set);
  return {
    source: source.path,
    what: source.what,
    set: asked.set ?? defaultSetName(source.named),
    recursive: asked.recursive,
    delete: asked.delete,
    copies: asked.copies,
    waitMs: asked.waitMs,
    exclude: asked.exclude,
    dryRun: asked.dryRun,
    listFiles: true,
  };
}

/**
 * Does a backup, and writes down how it goes. When the hub goes away in the middle it is begun anew as soon as the hub is
 * back: what had arrived isn't sent again. Nothing is thrown.
 */
export async function runBackup(
  task: TaskRecord,
  plan: BackupRequest,
  context: TaskContext,
): Promise<void> {
  const pauses = new ReconnectPauses(context.random);
  let wasEverConnected = false;
  for (;;) {
    const attempt = new Attempt(task, plan, context);
    try {
      return await attempt.run();
    } catch (error) {
      wasEverConnected ||= attempt.isConnected;
      const problem = toRbError(error);
      // Who could not be reached at all is told so at once, and may correct what is wrong.
      if (task.signal.aborted || !wasEverConnected || !isOutOfReach(problem))
        return task.endWith(error);
      task.enter('connecting', { offline: failureOfTask(problem) });
      await pause(pauses.nextMs(attempt.isConnected), context.clock, task.signal);
      task.beginAnew();
    }
  }
}

class Attempt {
  isConnected = false;
  readonly #task: TaskRecord;
  readonly #plan: BackupRequest;
  readonly #context: TaskContext;

  constructor(task: TaskRecord, plan: BackupRequest, context: TaskContext) {
    this.#task = task;
    this.#plan = plan;
    this.#context = context;
  }

  async run(): Promise<void> {
    const session = await sessionOf(this.#task, this.#context);
    this.isConnected = true;
    try {
      await this.#backUp(session);
    } finally {
      await leave(session);
    }
  }

  async #backUp(session: HubSession): Promise<void> {
    const task = this.#task;
    const plan = this.#plan;
    const { work, configDir, clock } = this.#context;
    const { welcome, host, connection } = session;
    task.setIs(formatSetKey({ user: welcome.user, host, set: plan.set }));
    const result = await backup(plan, {
      session,
      configDir,
      pool: work.pool,
      clock,
      onEvent: (event) => onEvent(task, event, plan),
      takePlace: async () => {
        if (work.scans.isFull) task.enter('queued', { queue: QUEUED_HERE });
        const leavePlace = await work.scans.take(task.signal);
        task.enter('running');
        return leavePlace;
      },
      signal: task.signal,
    });
    const outcome = outcomeOf(result, plan, task.signal.aborted);
    const told = resultOfBackup(result, plan.dryRun, connection.bytesWritten, task.seconds);
    if (outcome.code === '' && result.held !== null)
      task.end('incomplete', told, { code: 'held-back', message: HELD_BACK });
    else if (outcome.code === '') task.end('done', told, null);
    else task.end('incomplete', told, { code: outcome.code, message: outcome.message });
  }
}

const HELD_BACK =
  'The snapshot is kept, but held back from destinations until somebody releases it.';
const QUEUED_HERE =
  'Other backups of this program are being read; this one begins when one of them is through.';

function onEvent(task: TaskRecord, event: BackupEvent, plan: BackupRequest): void {
  switch (event.t) {
    case 'queued':
      return task.enter('queued', {
        queue: `Waiting for another backup of the same set to end: ${escapeName(event.behind)}.`,
      });
    case 'contended':
      return task.queueIs(
        `Another client asks to back up the same set and waits for this one: ${escapeName(event.by)}.`,
      );
    case 'waiting': {
      const { connected, needed, names } = event;
      return task.enter('waiting', { waiting: { connected, needed, names: [...names] } });
    }
    case 'started':
      task.enter('running');
      if (event.otherSource !== null) task.trouble(event.otherSource, 'ambiguous', OTHER_SOURCE);
      return undefined;
    case 'progress':
      task.progress.at(event);
      return task.changed();
    case 'files':
      task.files.add(event.paths, false);
      task.files.add(event.deleted, true);
      return task.changed();
    case 'skipped':
      return task.trouble(event.path, event.code, event.message);
    case 'committed':
      return plan.copies > 0 ? task.enter('copying') : undefined;
    case 'copies':
      return task.copiesAre(event.copies.map(copyLine));
  }
}

const OTHER_SOURCE =
  'The last run of this set came from here. If this is something else, give it a name of its own.';

function copyLine({ destination, name, state, bytes, total, file, message }: Copy): CopyLine {
  return { destination, name, state, bytes, total, file: jsonPath(file), message: message ?? null };
}
