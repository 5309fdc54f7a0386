import type { Clock } from '../../../base/clock.ts';
import { RbError } from '../../../base/errors.ts';
import { openSession } from '../../../client/session.ts';
import type { HubSession } from '../../../client/session.ts';
import type { Transport } from '../../../transport/transport.ts';
import type { TaskRecord } from './task-record.ts';
import type { WorkRoom } from './work-room.ts';

/** What tasks are done with. */
export type TaskContext = {
  readonly configDir: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** 0..1, for the jitter of pauses. */
  readonly random: () => number;
  /** This machine's name in sets. */
  readonly host: string;
  /** Of tasks that say nothing about it. */
  readonly limitBytesPerSec: number | undefined;
  readonly localPort: number | undefined;
  readonly work: WorkRoom;
};

/** A connection of the task's own, to the hub that it was begun with. The caller ends it. */
export async function sessionOf(task: TaskRecord, context: TaskContext): Promise<HubSession> {
  const { hub, request, signal } = task;
  const { transport, clock, configDir, work } = context;
  if (hub === null) throw new RbError('usage', "This device isn't logged in at any hub; log in.");
  const port = 'localPort' in request ? request.localPort : undefined;
  const limit = 'limitBytesPerSec' in request ? request.limitBytesPerSec : undefined;
  const localPort = port === undefined || port === 0 ? context.localPort : port;
  return await openSession(
    {
      fingerprint: hub.fingerprint,
      name: hub.name,
      host: context.host,
      localPort,
      limitBytesPerSec: limit ?? context.limitBytesPerSec,
    },
    { transport, clock, configDir, arena: work.arena, signal },
  );
}
