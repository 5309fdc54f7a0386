import type { Command } from 'commander';

import { hex } from '../../base/bytes.ts';
import { formatBytes } from '../../base/format.ts';
import { jsonPath } from '../../base/json-path.ts';
import { escapeName } from '../../base/names.ts';
import { findNames } from '../../client/browse/find-names.ts';
import type { FoundVersion } from '../../client/browse/find-names.ts';
import { nameMatcher } from '../../client/browse/match-name.ts';
import { PageStore } from '../../client/browse/page-store.ts';
import { listSnapshots, parseSetName } from '../../client/browse/snapshots.ts';
import { ChunkReader } from '../../client/chunk-reader.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import type { HubSession } from '../../client/session.ts';
import { comparePaths } from '../../model/path.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import { argumentBytes } from '../argument-bytes.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { withHub } from '../open-hub.ts';
import { Output } from '../output.ts';
import { counted, formatMinute } from '../view/counts.ts';
import { renderTable } from '../view/table.ts';

const SHORT_ID_DIGITS = 12;
/** Each page is looked at once: none is kept. */
const NO_STORE = { pageBytes: 0, firstPathBytes: 0 };

type FindOptions = CommonOptions & { readonly set?: string };
type Found = {
  readonly versions: FoundVersion[];
  readonly more: boolean;
  readonly snapshots: number;
};

export function defineFind(command: Command, cli: Cli): void {
  command
    .usage('NAME [options]')
    .description(
      'Find files and folders by name in all snapshots that you may read: each version once, with the newest snapshot that has it.',
    )
    .argument(
      '<name>',
      "a part of the name, in any case; with * or ? in it ('*.odt') the whole name",
    )
    .option('--set <set>', 'only in this set: USER@HOST:SET, or the name of a set of this machine')
    .action(async (name: string, options: FindOptions) => await find(name, options, cli));
  addCommonOptions(command);
}

async function find(name: string, options: FindOptions, cli: Cli): Promise<void> {
  const output = new Output(options, cli);
  const text = Buffer.from(argumentBytes(name, cli.argv)).toString('utf8');
  nameMatcher(text);
  const { versions, more, snapshots } = await withHub(
    options,
    cli,
    async (session) => await search(session, text, options, cli),
  );
  for (const version of versions) {
    if (output.isGone) break;
    output.json(jsonFound(version));
    await output.drained();
  }
  output.json({ event: 'done', ok: true, found: versions.length, more, snapshots });
  if (versions.length > 0) for (const line of foundLines(versions, output)) output.line(line);
  const where = counted(snapshots, 'snapshot');
  if (versions.length === 0)
    output.sentence(`Nothing of that name in ${where}. A part of the name is enough.`);
  else if (more)
    output.sentence(
      `These are the first ${counted(versions.length, 'version')}; there are more. Give more of the name, or --set.`,
    );
  else output.sentence(`${counted(versions.length, 'version')} in ${where}.`);
}

async function search(
  session: HubSession,
  text: string,
  { set }: FindOptions,
  { signal }: Cli,
): Promise<Found> {
  const rows = await listSnapshots(session, set === undefined ? {} : parseSetName(set, session));
  const snapshots = rows.map(({ id, user, host, set: name, timeMs }) => {
    return { id, key: { user, host, set: name }, timeMs };
  });
  const pool = createBundlePool(1);
  const reader = new ChunkReader(session.connection, pool);
  try {
    const versions = new Map<string, FoundVersion>();
    const events = findNames(reader, new PageStore(reader, NO_STORE), { text, snapshots, signal });
    for (;;) {
      const next = await events.next();
      if (next.done === true)
        return { versions: inOrder(versions), more: next.value, snapshots: snapshots.length };
      if (next.value.t === 'found') versions.set(nameOfVersion(next.value), next.value);
    }
  } finally {
    reader.close();
    await pool.close();
  }
}

function nameOfVersion({ key, entry }: FoundVersion): string {
  return `${formatSetKey(key)}/${entry.version}`;
}

/** By set and path; of several versions the newest first. */
function inOrder(versions: ReadonlyMap<string, FoundVersion>): FoundVersion[] {
  return [...versions.values()].toSorted((a, b) => {
    const [setA, setB] = [formatSetKey(a.key), formatSetKey(b.key)];
    if (setA !== setB) return setA < setB ? -1 : 1;
    return comparePaths(a.entry.path, b.entry.path) || b.newestMs - a.newestMs;
  });
}

function jsonFound({ key, entry, snapshot, newestMs, oldestMs }: FoundVersion): object {
  const { path, kind, size, mtimeMs } = entry;
  return {
    event: 'found',
    ...key,
    ...jsonPath(path),
    kind,
    size,
    mtimeMs,
    snapshot: hex(snapshot),
    newestMs,
    oldestMs,
  };
}

function foundLines(versions: readonly FoundVersion[], output: Output): string[] {
  const cells = versions.map(({ key, entry, snapshot, newestMs, oldestMs }) => [
    hex(snapshot).slice(0, SHORT_ID_DIGITS),
    formatMinute(oldestMs),
    formatMinute(newestMs),
    entry.kind === 'file' ? formatBytes(entry.size) : '',
    escapeName(formatSetKey(key)),
    escapeName(entry.path) + (entry.kind === 'dir' ? '/' : ''),
  ]);
  return renderTable(['SNAPSHOT', 'FROM', 'UNTIL', 'SIZE', 'SET', 'PATH'], cells, {
    columns: output.listColumns,
    rightAligned: [3],
    flexible: { 4: 'middle', 5: 'middle' },
    dispensable: [1, 3],
  });
}
