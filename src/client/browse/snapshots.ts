import { hex } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { checkLabel } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import type { SnapshotRow } from '../../wire/messages-ask.ts';
import type { HubSession } from '../session.ts';

/** What is left out fits everything. */
export type SnapshotFilter = {
  readonly user?: string;
  readonly host?: string;
  readonly set?: string;
};

/** The snapshots that the user may see, newest first. @throws connection-lost, not-allowed */
export async function listSnapshots(
  session: HubSession,
  filter: SnapshotFilter,
): Promise<SnapshotRow[]> {
  const rows: SnapshotRow[] = [];
  for await (const row of eachSnapshot(session, filter)) rows.push(row);
  return rows;
}

/** The same one by one; who has seen enough may stop. @throws connection-lost, not-allowed */
export async function* eachSnapshot(
  session: HubSession,
  filter: SnapshotFilter,
): AsyncGenerator<SnapshotRow, void, void> {
  const stream = session.connection.openStream({ t: 'ask', what: 'snapshots', ...filter });
  let isAll = false;
  try {
    while (!isAll) {
      const message = await stream.next();
      if (message === null || message.t !== 'snapshots')
        throw new RbError('protocol', 'The hub did not list its snapshots.');
      yield* message.list;
      isAll = !message.more;
    }
  } finally {
    // Whoever stops half-way wants no more to come.
    if (isAll) stream.end();
    else stream.fail(new RbError('interrupted', 'Enough snapshots were listed.'));
  }
}

/**
 * Finds the snapshot that a user means: an id, a unique beginning of one, or `USER@HOST:SET@latest`, of which the
 * parts that are his own may be left out (`SET@latest`, `latest`).
 * @throws not-found, ambiguous, name-refused
 */
export async function findSnapshot(session: HubSession, text: string): Promise<SnapshotRow> {
  if (text === 'latest') return await findLatest(session, null);
  if (text.endsWith('@latest')) return await findLatest(session, text.slice(0, -'@latest'.length));
  const prefix = text.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(prefix)) {
    const how = 'give at least 4 digits of its id, or USER@HOST:SET@latest';
    throw new RbError('usage', `${JSON.stringify(text)} names no snapshot; ${how}.`);
  }
  const rows = await listSnapshots(session, {});
  const found = rows.filter((row) => hex(row.id).startsWith(prefix));
  if (found.length > 1)
    throw new RbError(
      'ambiguous',
      `${found.length} snapshots begin with ${prefix}; give more digits.`,
    );
  return found[0] ?? notFound(`begins with ${prefix}`);
}

async function findLatest(session: HubSession, setText: string | null): Promise<SnapshotRow> {
  const own = { user: session.welcome.user, host: session.host };
  const rows = await listSnapshots(
    session,
    setText === null ? own : parseSetName(setText, session),
  );
  return (
    rows[0] ?? notFound(setText === null ? 'is yours on this machine' : `belongs to ${setText}`)
  );
}

function notFound(which: string): never {
  throw new RbError(
    'not-found',
    `No snapshot ${which}. \`rbbackup snapshots\` lists those there are.`,
  );
}

/**
 * Reads `USER@HOST:SET`; the user's own name and host may be left out.
 * @throws name-refused
 */
export function parseSetName(text: string, session: HubSession): SetKey {
  const match = /^(?:(?<user>[^@:\s]+)@(?<host>[^@:\s]+):)?(?<set>.+)$/su.exec(text);
  const { user = session.welcome.user, host = session.host, set = '' } = match?.groups ?? {};
  checkLabel('user', user);
  checkLabel('host', host);
  checkLabel('set', set);
  return { user, host, set };
}
