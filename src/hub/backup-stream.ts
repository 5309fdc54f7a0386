import { RbError, toRbError } from '../base/errors.ts';
import { escapeName, escapeText } from '../base/names.ts';
import type { Held } from '../catalog/held.ts';
import { checkLabel, formatSetKey } from '../model/snapshot.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { Stream } from '../transport/transport.ts';
import type { Backup, Finish } from '../wire/messages-backup.ts';
import { serveDryRun } from './dry-run.ts';
import type { HubContext } from './hub-context.ts';
import type { Client } from './register.ts';
import { requireRight } from './rights.ts';
import { breakerFor } from './runs/breaker.ts';
import type { Breaker } from './runs/breaker.ts';
import { footingOf } from './runs/footing.ts';
import type { Footing } from './runs/footing.ts';
import { Intake } from './runs/intake.ts';
import { queueForSet, waitForDestinations } from './runs/prepare.ts';
import { Run } from './runs/run.ts';
import { commitRun, isGoodMemory, latestFor, trustedPages } from './runs/snapshots.ts';
import type { CommittedRun } from './runs/snapshots.ts';
import { WantWindow } from './runs/want-window.ts';

/**
 * An origin's run from its first message to its END. A stream that ends before the commit aborts the run: its readers
 * are told, and what it has brought stays in the vault for the next one.
 *
 * @throws RbError whatever the origin is to be told
 */
export async function serveBackup(
  hub: HubContext,
  client: Client,
  stream: Stream,
  request: Backup,
): Promise<void> {
  const { login } = client;
  requireRight(login, 'backup', login.user);
  checkLabel('host', request.host);
  checkLabel('set', request.set);
  const { door } = client;
  if (door.closing !== null) throw door.closing;
  const key: SetKey = { user: login.user, host: request.host, set: request.set };
  if (request.dryRun) return serveDryRun(hub, stream, request, key);
  hub.limits.admitRun(key);

  const window = new WantWindow((id) => hub.vault.has(id));
  const run = new Run(key, login, request, window, (error) => stream.fail(error));
  door.begin(run);
  hub.runs.add(run);
  try {
    await serveRun(hub, run, stream);
  } catch (thrown) {
    const error = toRbError(thrown);
    run.abort(error);
    logRun(hub, run, 'warn', 'run-failed', error.message, error.code);
    for (const order of hub.register.destinationsFor(key)) order.consider(key);
    throw error;
  } finally {
    door.end(run);
    hub.limits.note(login.user);
    hub.runs.remove(run);
  }
}

async function serveRun(hub: HubContext, run: Run, stream: Stream): Promise<void> {
  const intake = new Intake(hub, run, stream);
  const left = new AbortController();
  // Nothing may be said before the start: whatever comes now is the origin's end.
  const early = intake.peek().then(() => {
    throw new RbError('connection-lost', 'The origin left before its run began.');
  });
  early.catch(() => left.abort());
  await Promise.race([waitForDestinations(hub, run, stream, left.signal), early]);
  const ticket = queueForSet(hub, run, stream);
  try {
    await Promise.race([ticket.granted, early]);
    const committed = await liveRun(hub, run, stream, intake);
    ticket.release();
    await reportCopies(hub, run, stream, intake, committed);
  } finally {
    ticket.release();
  }
}

/** From start to commit, with the set's lock held. */
async function liveRun(
  hub: HubContext,
  run: Run,
  stream: Stream,
  intake: Intake,
): Promise<CommittedRun> {
  const footing = footingOf(hub);
  const { key, request } = run;
  // Again: while it waited, other new sets may have come.
  hub.limits.admitRun(key);
  if (hub.catalog.ensureSet(key, request.sourcePath, request.copies)) hub.history.notify();
  const latest = hub.catalog.latestSnapshot(key);
  const trusted = await trustedPages(hub, latest);
  const memoryIsGood = await isGoodMemory(hub, key, request.memory);
  const breaker = await breakerFor(hub, key, run.log);
  run.enter('live');
  for (const order of hub.register.destinationsFor(key)) {
    run.copies.expect(order);
    order.consider(key);
  }
  await stream.send({
    t: 'start',
    run: run.id,
    latest: latest === undefined ? null : latestFor(latest),
    memoryIsGood,
  });
  logRun(hub, run, 'info', 'run-started', 'A backup has begun.');
  const finish = await intake.takeAll(trusted, footing, breaker);
  return commit(hub, run, finish, footing, breaker);
}

async function commit(
  hub: HubContext,
  run: Run,
  finish: Finish,
  footing: Footing,
  breaker: Breaker,
): Promise<CommittedRun> {
  run.isCommitting = true;
  try {
    const counted = await breaker.finish();
    const committed = await commitRun(hub, run, finish, footing, counted);
    run.commit(committed.snapshot, committed.held !== null);
    hub.history.notify();
    logRun(hub, run, 'info', 'run-committed', `${finish.files} files are committed.`);
    if (committed.held !== null) heldBack(hub, run, committed.held);
    for (const order of hub.register.destinationsFor(run.key)) {
      order.committed(run);
      order.consider(run.key);
    }
    return committed;
  } finally {
    run.isCommitting = false;
    run.changed.notify();
  }
}

function heldBack(hub: HubContext, run: Run, { changed, deleted, of }: Held): void {
  hub.releases.look();
  const message = `The snapshot is kept, but held back from destinations: of ${of} files ${changed} would change and ${deleted} be deleted.`;
  logRun(hub, run, 'warn', 'held-back', message, 'held-back');
}

/** Tells the origin how far the copies are until it has what it waits for. */
async function reportCopies(
  hub: HubContext,
  run: Run,
  stream: Stream,
  intake: Intake,
  committed: CommittedRun,
): Promise<void> {
  const { snapshot, timeMs, isUnchanged, held } = committed;
  // Whoever comes now counts as well.
  const offRegister = hub.register.changed.on(() => {
    for (const order of hub.register.destinationsFor(run.key)) run.copies.expect(order);
  });
  try {
    const told = held === null ? {} : { held };
    await stream.send({ t: 'committed', snapshot, timeMs, unchanged: isUnchanged, ...told });
    intake.tellCopies();
    await intake.drain();
    stream.end();
  } catch (error) {
    // The run is committed whatever becomes of its origin.
    logRun(hub, run, 'info', 'origin-left', toRbError(error).message);
  } finally {
    offRegister();
    intake.stop();
  }
}

function logRun(
  hub: HubContext,
  run: Run,
  level: 'info' | 'warn',
  event: string,
  message: string,
  code?: string,
): void {
  hub.log({
    level,
    event,
    message: escapeText(message),
    user: escapeName(run.login.user),
    set: escapeName(formatSetKey(run.key)),
    ...(code === undefined ? {} : { code }),
  });
}
