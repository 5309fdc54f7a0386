import { equalBytes, fromHex } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SetKey, Snapshot } from '../../model/snapshot.ts';
import { NOT_COUNTED } from '../held.ts';
import type { Counted } from '../held.ts';
import type {
  History,
  SetRow,
  SnapshotCursor,
  SnapshotFilter,
  SnapshotRow,
  SnapshotTotals,
  SnapshotsPage,
} from '../catalog.ts';
import type { Database } from './database.ts';

const ID_DIGITS = 64;

export type Row = {
  number: number;
  id: Uint8Array;
  user: string;
  host: string;
  name: string;
  time_ms: number;
  files: number;
  dirs: number;
  bytes: number;
  skipped: number;
  source_path: Uint8Array;
  damaged: number;
  held: number;
  held_changed: number;
  held_deleted: number;
  held_of: number;
};

type SetsRow = Row & { set_name: string; copies_asked: number; snapshot_count: number };

/** All that {@link toSnapshot} needs. */
export const SELECT = `SELECT snapshots.*, sets.user, sets.host, sets.name
  FROM snapshots JOIN sets ON sets.number = snapshots.set_number`;
export const NEWEST_FIRST = 'ORDER BY snapshots.time_ms DESC, snapshots.number DESC';

/** Sets and snapshots in a database. */
export function historyIn(database: Database): History {
  return {
    ensureSet: (key, sourcePath, copiesAsked) =>
      database.transaction(() => ensureSet(database, key, sourcePath, copiesAsked).isNew),
    sets: (user) => sets(database, user),
    hasSetsOfOthers: (user) => {
      const sql = `SELECT EXISTS (SELECT 1 FROM sets WHERE user < ?)
        OR EXISTS (SELECT 1 FROM sets WHERE user > ?) AS others`;
      return database.get<{ others: number }>(sql, user, user)?.others === 1;
    },
    nextTimeMs: (key, nowMs) => Math.max(nowMs, newestMs(database, key) + 1),
    commitSnapshot: (id, snapshot, counted = NOT_COUNTED) =>
      database.transaction(() => commit(database, id, snapshot, counted)),
    importSnapshot: (id, snapshot) =>
      database.transaction(() => insert(database, id, snapshot, NOT_COUNTED)),
    snapshot: (id) => toSnapshot(database.get<Row>(`${SELECT} WHERE snapshots.id = ?`, id)),
    latestSnapshot: (key) => {
      const sql = `${SELECT} WHERE sets.user = ? AND sets.host = ? AND sets.name = ? ${NEWEST_FIRST} LIMIT 1`;
      return toSnapshot(database.get<Row>(sql, key.user, key.host, key.set));
    },
    snapshots: (filter, limit, after) => snapshots(database, filter, limit, after ?? null),
    snapshotTotals: () => {
      const sql =
        'SELECT coalesce(sum(snapshots), 0) AS snapshots, total(snapshot_bytes) AS bytes FROM sets';
      const { snapshots: count, bytes } = database.get<SnapshotTotals>(sql) as SnapshotTotals;
      return { snapshots: count, bytes };
    },
    findSnapshot: (prefix, user) => findSnapshot(database, prefix, user),
    removeSnapshot: (id) => database.transaction(() => remove(database, id)),
    markDamaged: (id, damaged) => {
      database.run('UPDATE snapshots SET damaged = ? WHERE id = ?', damaged ? 1 : 0, id);
    },
  };
}

function sets(database: Database, user: string | undefined): SetRow[] {
  const where = user === undefined ? '' : 'WHERE sets.user = ?';
  const sql = `SELECT sets.user, sets.host, sets.name AS set_name, sets.copies_asked,
      sets.snapshots AS snapshot_count, snapshots.*
    FROM sets LEFT JOIN snapshots ON snapshots.number =
      (SELECT number FROM snapshots WHERE set_number = sets.number ${NEWEST_FIRST} LIMIT 1)
    ${where} ORDER BY sets.user, sets.host, sets.name`;
  const rows = database.all<SetsRow>(sql, ...(user === undefined ? [] : [user]));
  return rows.map((row) => {
    const key = { user: row.user, host: row.host, set: row.set_name };
    const isEmpty = (row.id as Uint8Array | null) === null;
    const latest = isEmpty ? null : (toSnapshot({ ...row, name: row.set_name }) ?? null);
    return { key, latest, snapshots: row.snapshot_count, copiesAsked: row.copies_asked };
  });
}

function commit(database: Database, id: Uint8Array, snapshot: Snapshot, counted: Counted): void {
  const known = database.get('SELECT 1 FROM snapshots WHERE id = ?', id);
  if (known !== undefined) return;
  if (snapshot.timeMs <= newestMs(database, snapshot.key)) {
    const set = escapeName(formatSetKey(snapshot.key));
    throw new RbError('busy', `Another run of ${set} was committed meanwhile; run it again.`, {
      retry: true,
    });
  }
  insert(database, id, snapshot, counted);
}

function insert(
  database: Database,
  id: Uint8Array,
  snapshot: Snapshot,
  { files: countedFiles, held }: Counted,
): boolean {
  const { number: setNumber } = ensureSet(database, snapshot.key, snapshot.sourcePath);
  const sql = `INSERT INTO snapshots (id, set_number, time_ms, files, dirs, bytes, skipped, source_path,
      counted_files, held, held_changed, held_deleted, held_of)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;
  const { timeMs, files, dirs, bytes, skipped, sourcePath } = snapshot;
  const row = [id, setNumber, timeMs, files, dirs, bytes, skipped, sourcePath, countedFiles];
  const { changed, deleted, of } = held ?? { changed: 0, deleted: 0, of: 0 };
  return database.run(sql, ...row, held === null ? 0 : 1, changed, deleted, of) > 0;
}

function remove(database: Database, id: Uint8Array): void {
  const row = database.get<{ number: number; set_number: number; held: number }>(
    'SELECT number, set_number, held FROM snapshots WHERE id = ?',
    id,
  );
  if (row === undefined) throw new RbError('not-found', 'There is no such snapshot.');
  const sql = `SELECT number FROM snapshots WHERE set_number = ? AND held = 0 ${NEWEST_FIRST} LIMIT 1`;
  const newest = database.get<{ number: number }>(sql, row.set_number);
  const others = 'SELECT 1 FROM snapshots WHERE set_number = ? AND number <> ? LIMIT 1';
  const isAlone = database.get(others, row.set_number, row.number) === undefined;
  if (newest?.number === row.number && !isAlone) {
    const message =
      'This is the newest snapshot of its set, which destinations follow: back up again first, then forget it.';
    throw new RbError('usage', message);
  }
  database.run('DELETE FROM copies WHERE snapshot_number = ?', row.number);
  database.run('DELETE FROM snapshots WHERE number = ?', row.number);
}

type KnownSet = { number: number; source_path: Uint8Array; copies_asked: number };

function ensureSet(
  database: Database,
  key: SetKey,
  sourcePath: Uint8Array,
  copiesAsked?: number,
): { readonly number: number; readonly isNew: boolean } {
  const known = database.get<KnownSet>(
    'SELECT number, source_path, copies_asked FROM sets WHERE user = ? AND host = ? AND name = ?',
    key.user,
    key.host,
    key.set,
  );
  const asked = copiesAsked ?? known?.copies_asked ?? 0;
  const isSame = known?.copies_asked === asked && equalBytes(known.source_path, sourcePath);
  if (isSame) return { number: known.number, isNew: false };
  const sql = `INSERT INTO sets (user, host, name, source_path, copies_asked) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (user, host, name) DO UPDATE SET
      source_path = excluded.source_path, copies_asked = excluded.copies_asked RETURNING number`;
  const row = database.get<{ number: number }>(sql, key.user, key.host, key.set, sourcePath, asked);
  return { number: (row as { number: number }).number, isNew: true };
}

/** The stamp of a set's newest snapshot, or -1. */
function newestMs(database: Database, key: SetKey): number {
  const sql = `SELECT max(time_ms) AS newest FROM snapshots JOIN sets ON sets.number = set_number
    WHERE sets.user = ? AND sets.host = ? AND sets.name = ?`;
  return database.get<{ newest: number | null }>(sql, key.user, key.host, key.set)?.newest ?? -1;
}

function snapshots(
  database: Database,
  filter: SnapshotFilter,
  limit: number,
  after: SnapshotCursor | null,
): SnapshotsPage {
  const conditions: [string, string | number | undefined][] = [
    ['sets.user = ?', filter.user],
    ['sets.host = ?', filter.host],
    ['sets.name = ?', filter.set],
    ['snapshots.time_ms < ?', filter.beforeMs],
  ];
  const used = conditions.filter(([, value]) => value !== undefined);
  const where = used.map(([condition]) => condition);
  const values = used.map(([, value]) => value as string | number);
  if (after !== null) {
    where.push('(snapshots.time_ms, snapshots.number) < (?, ?)');
    values.push(after.timeMs, after.number);
  }
  const sql = `${SELECT} ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ${NEWEST_FIRST} LIMIT ?`;
  const found = database.all<Row>(sql, ...values, limit + 1);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  const next = hasMore ? { timeMs: last.time_ms, number: last.number } : null;
  return { rows: rows.map((row) => toSnapshot(row) as SnapshotRow), next };
}

function findSnapshot(database: Database, prefix: string, user: string | undefined): SnapshotRow {
  const shown = escapeName(prefix.slice(0, ID_DIGITS));
  const none = new RbError(
    'not-found',
    `There is no snapshot '${shown}'; list them with 'rbbackup snapshots'.`,
  );
  if (!/^[0-9a-f]{1,64}$/i.test(prefix)) throw none;
  const from = fromHex(prefix.padEnd(ID_DIGITS, '0'));
  const to = fromHex(prefix.padEnd(ID_DIGITS, 'f'));
  const sql = `${SELECT} WHERE snapshots.id BETWEEN ? AND ? ${user === undefined ? '' : 'AND sets.user = ?'} LIMIT 2`;
  const rows = database.all<Row>(sql, from, to, ...(user === undefined ? [] : [user]));
  const found = toSnapshot(rows[0]);
  if (found === undefined) throw none;
  if (rows.length > 1)
    throw new RbError(
      'ambiguous',
      `More than one snapshot begins with '${shown}'; give more of it.`,
    );
  return found;
}

export function toSnapshot(row: Row | undefined): SnapshotRow | undefined {
  if (row === undefined) return undefined;
  const { id, files, dirs, bytes, skipped, time_ms: timeMs, source_path: sourcePath } = row;
  const key = { user: row.user, host: row.host, set: row.name };
  const { held_changed: changed, held_deleted: deleted, held_of: of } = row;
  const held = row.held === 1 ? { changed, deleted, of } : null;
  const damaged = row.damaged === 1;
  return { id, key, timeMs, files, dirs, bytes, skipped, sourcePath, damaged, held };
}
