import type { Command } from 'commander';

import { hex } from '../../base/bytes.ts';
import { formatBytes } from '../../base/format.ts';
import { jsonPath } from '../../base/json-path.ts';
import { escapeName } from '../../base/names.ts';
import { listSnapshots, parseSetName } from '../../client/browse/snapshots.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SnapshotRow } from '../../wire/messages-ask.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { withHub } from '../open-hub.ts';
import { Output } from '../output.ts';
import { copiesLines } from '../view/copies-table.ts';
import { renderTable } from '../view/table.ts';
import { formatCount, formatMinute } from '../view/counts.ts';

const HELD_BACK =
  'What is held back changes or deletes so much that destinations get it only when it is released: rbbackup release SNAPSHOT';

/** Digits of an id that are shown; more only when these are the same for two. */
const SHORT_ID_DIGITS = 12;

type SnapshotsOptions = CommonOptions & { readonly copies?: true };

export function defineSnapshots(command: Command, cli: Cli): void {
  command
    .usage('[SET] [options]')
    .description('List the snapshots that you may read, newest first.')
    .argument('[set]', 'only of this set: USER@HOST:SET, or the name of a set of this machine')
    .option('--copies', 'show who holds each, when that was verified and last proven')
    .action(
      async (set: string | undefined, options: SnapshotsOptions) =>
        await snapshots(set, options, cli),
    );
  addCommonOptions(command);
}

async function snapshots(
  set: string | undefined,
  options: SnapshotsOptions,
  cli: Cli,
): Promise<void> {
  const output = new Output(options, cli);
  const rows = await withHub(options, cli, async (session) =>
    listSnapshots(session, set === undefined ? {} : parseSetName(set, session)),
  );
  for (const row of rows) output.json(jsonSnapshot(row));
  output.json({ event: 'done', ok: true, snapshots: rows.length });
  if (rows.length === 0)
    output.line('There are no snapshots yet. Make one with `rbbackup -rd PATH`.');
  else if (options.copies === true)
    for (const line of copiesLines(rows, idDigits(rows), output.listColumns)) output.line(line);
  else for (const line of snapshotLines(rows, output.listColumns)) output.line(line);
  if (rows.some(({ held }) => held !== undefined)) output.sentence(HELD_BACK);
}

function jsonSnapshot(row: SnapshotRow): object {
  const { user, host, set, timeMs, files, dirs, bytes, skipped } = row;
  const { path: source, pathBytes: sourceBytes } = jsonPath(row.sourcePath);
  const copies = row.copies.map(({ name, verifiedMs, provenMs = 0, signed = false }) => {
    return { name, verifiedMs, provenMs: provenMs === 0 ? null : provenMs, signed };
  });
  const held = row.held === undefined ? {} : { held: row.held };
  const where = { source, ...(sourceBytes === undefined ? {} : { sourceBytes }) };
  return {
    event: 'snapshot',
    snapshot: hex(row.id),
    user,
    host,
    set,
    timeMs,
    files,
    dirs,
    bytes,
    skipped,
    ...where,
    ...held,
    copies,
  };
}

/** @param columns how wide the list may be */
export function snapshotLines(rows: readonly SnapshotRow[], columns: number): string[] {
  const digits = idDigits(rows);
  const cells = rows.map((row) => [
    hex(row.id).slice(0, digits),
    formatMinute(row.timeMs),
    escapeName(formatSetKey(row)),
    formatCount(row.files),
    formatBytes(row.bytes),
    row.held === undefined ? heldBy(row.copies) : 'held back',
  ]);
  return renderTable(['SNAPSHOT', 'TIME', 'SET', 'FILES', 'SIZE', 'COPIES'], cells, {
    columns,
    rightAligned: [3, 4],
    flexible: { 2: 'middle', 5: 'end' },
    dispensable: [3, 1, 4],
    goodColumns: 18,
  });
}

function idDigits(rows: readonly SnapshotRow[]): number {
  const ids = new Set(rows.map(({ id }) => hex(id).slice(0, SHORT_ID_DIGITS)));
  return ids.size === rows.length ? SHORT_ID_DIGITS : 64;
}

/** `2: attic, office`: how many, where names are cut. */
function heldBy(copies: SnapshotRow['copies']): string {
  if (copies.length === 0) return '0';
  return `${copies.length}: ${copies.map(({ name }) => escapeName(name)).join(', ')}`;
}
