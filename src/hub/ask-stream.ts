import { hex } from '../base/bytes.ts';
import type { SnapshotCursor, SnapshotFilter, SnapshotRow } from '../catalog/catalog.ts';
import type { Stream } from '../transport/transport.ts';
import type { Ask, AskSnapshots, AskStatus, Snapshots } from '../wire/messages-ask.ts';
import { MAX_COPIES } from '../wire/wire-limits.ts';
import { serveCheck } from './check-stream.ts';
import { forgetSnapshot } from './forget.ts';
import type { HubContext } from './hub-context.ts';
import type { Client } from './register.ts';
import { releaseSnapshot } from './releases.ts';
import { reachOf, requireRight } from './rights.ts';
import { statusOf } from './status.ts';
import { Throttle } from './throttle.ts';

/** A watcher is told at most twice a second. */
const STATUS_EVERY_MS = 500;
/** Rows of one answer: each may carry a long path and many copies, and a message has its bound. */
const ROWS = 100;
const ANSWER_BYTES = 512 * 1024;
const COPY_BYTES = 400;

/** One question, one or more answers, END. */
export async function serveAsk(
  hub: HubContext,
  client: Client,
  stream: Stream,
  question: Ask,
): Promise<void> {
  switch (question.what) {
    case 'snapshots':
      await tellSnapshots(hub, client, stream, question);
      break;
    case 'status':
      await tellStatus(hub, client, stream, question);
      break;
    case 'forget':
      await forgetSnapshot(hub, client, question.snapshot);
      await stream.send({ t: 'done' });
      break;
    case 'release':
      releaseSnapshot(hub, client, question.snapshot);
      await stream.send({ t: 'done' });
      break;
    case 'check':
      await serveCheck(hub, client, stream, question);
      break;
  }
  stream.end();
}

async function tellSnapshots(
  hub: HubContext,
  client: Client,
  stream: Stream,
  question: AskSnapshots,
): Promise<void> {
  const reach = reachOf(client.login, 'ask-snapshots');
  const user = question.user ?? reach;
  if (user !== undefined) requireRight(client.login, 'ask-snapshots', user);
  const filter: SnapshotFilter = {
    ...(user === undefined ? {} : { user }),
    ...(question.host === undefined ? {} : { host: question.host }),
    ...(question.set === undefined ? {} : { set: question.set }),
    ...(question.before === undefined ? {} : { beforeMs: question.before }),
  };
  let cursor: SnapshotCursor | null = null;
  do {
    const page = hub.catalog.snapshots(filter, ROWS, cursor);
    cursor = page.next;
    const lists = splitRows(page.rows.map((row) => rowOf(hub, row)));
    for (const [i, list] of lists.entries()) {
      const more = cursor !== null || i < lists.length - 1;
      await stream.send({ t: 'snapshots', list, more });
    }
  } while (cursor !== null);
}

function rowOf(hub: HubContext, row: SnapshotRow): Snapshots['list'][number] {
  const { id, key, timeMs, files, dirs, bytes, skipped, sourcePath, held } = row;
  const copies = hub.catalog.copiesOf(id).slice(0, MAX_COPIES);
  return {
    id,
    ...key,
    timeMs,
    files,
    dirs,
    bytes,
    skipped,
    sourcePath,
    ...(held === null ? {} : { held }),
    copies: copies.map(({ destination, name, verifiedMs, provenMs, signed }) => {
      return { destination: hex(destination), name, verifiedMs, provenMs: provenMs ?? 0, signed };
    }),
  };
}

/** Lists that each fit a message; at least one, which may be empty. */
function splitRows(rows: Snapshots['list']): Snapshots['list'][] {
  const lists: Snapshots['list'][] = [[]];
  let bytes = 0;
  for (const row of rows) {
    const rowBytes = 1200 + row.sourcePath.length + row.copies.length * COPY_BYTES;
    if (bytes + rowBytes > ANSWER_BYTES && bytes > 0) {
      lists.push([]);
      bytes = 0;
    }
    lists.at(-1)?.push(row);
    bytes += rowBytes;
  }
  return lists;
}

async function tellStatus(
  hub: HubContext,
  client: Client,
  stream: Stream,
  question: AskStatus,
): Promise<void> {
  const user = reachOf(client.login, 'ask-status');
  if (!question.watch) return stream.send(statusOf(hub, user));
  let isSending = false;
  let isStale = false;
  const tell = new Throttle(hub.clock, STATUS_EVERY_MS, () => {
    // A watcher that doesn't read gets the newest when it does, not all that was.
    isStale = isSending;
    if (isSending) return;
    isSending = true;
    const done = (): void => {
      isSending = false;
      if (isStale) tell.poke();
    };
    stream.send(statusOf(hub, user)).then(done, done);
  });
  const sources = [hub.register, hub.runs, hub.listening];
  const offs = sources.map(({ changed }) => changed.on(() => tell.poke()));
  try {
    tell.poke();
    while ((await stream.next()) !== null);
  } finally {
    tell.stop();
    for (const off of offs) off();
  }
}
