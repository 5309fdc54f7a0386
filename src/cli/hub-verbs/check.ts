import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { hex } from '../../base/bytes.ts';
import type { Catalog, SnapshotRow } from '../../catalog/catalog.ts';
import { askToHeal } from '../../catalog/heal-request.ts';
import { noteCheck } from '../../catalog/last-check.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { allSnapshots } from '../../hub/heal/all-snapshots.ts';
import { LackingList } from '../../hub/heal/lacking-list.ts';
import { checkVault } from '../../vault/check.ts';
import { openForCheck } from '../../vault/directory/open-for-check.ts';
import type { VaultToCheck } from '../../vault/directory/open-for-check.ts';
import type { VaultStats } from '../../vault/vault.ts';
import { CheckReport } from '../check-report.ts';
import type { Cli } from '../cli.ts';
import type { OutputOptions } from '../common-options.ts';
import { hubFolder, openCatalog, requireHubFolder } from '../hub-folder.ts';
import { Output } from '../output.ts';
import { counted } from '../view/counts.ts';
import { healByHub } from './heal-by-hub.ts';
import { tellWrongReceipts } from './tell-wrong-receipts.ts';

type CheckOptions = OutputOptions & { readonly readData?: true; readonly heal?: true };

export function defineCheck(command: Command, cli: Cli): void {
  command
    .usage('DIR [options]')
    .description(
      'Verify the vault: is everything there that snapshots need? Exit 0 only if it is whole. The hub may run or not.',
    )
    .argument('<dir>', "the hub's directory")
    .option('--read-data', 'read every byte, and recompute every hash')
    .option(
      '--heal',
      'have the hub, which has to run, fetch what is damaged or missing from destinations',
    )
    .option('--json', 'one JSON object a line')
    .option('--quiet', 'only errors')
    .action(async (dir: string, options: CheckOptions) => await check(dir, options, cli));
}

async function check(dirText: string, options: CheckOptions, cli: Cli): Promise<void> {
  const dir = hubFolder(dirText);
  await requireHubFolder(dir);
  const output = new Output(options, cli);
  const report = new CheckReport(output);
  const catalog = await openCatalog(dir);
  const open = (): Promise<VaultToCheck> => openForCheck(dir, (message) => output.warn(message));
  const readers = options.readData ? createBundlePool() : null;
  const about = { catalog, readers, report, signal: cli.signal };
  try {
    // Listed first: all that these need was in the vault before they were.
    const rows = allSnapshots(catalog);
    const first = await look(await open(), rows, about, options.heal !== true);
    const { stats, damagedRecords, packs, isOwn } = first;
    // While a hub runs it may have committed one meanwhile.
    if (isOwn && stats.snapshots > rows.length)
      output.warn(
        `The catalog lacks ${stats.snapshots - rows.length} snapshots that the vault has; start the hub, which takes them over.`,
      );
    let left = first.damaged;
    let healed = null;
    if (options.heal === true && damagedRecords + left.length > 0) {
      healed = await healByHub(catalog, isOwn, packs, report, cli.signal);
      // What is whole now is as good as if it had never been damaged.
      const again = { ...about, readers: null };
      left = (await look(await open(), left, again, true)).damaged;
    }
    const receipts = await tellWrongReceipts(dir, catalog, report);
    // A hub that runs believes in what was found to be damaged here, until it is told to look.
    if (healed === null && damagedRecords + left.length > 0 && !isOwn)
      askToHeal(catalog, randomUUID(), packs);
    report.end();
    const readData = readers !== null;
    const found = { damagedSnapshots: left.length, damagedRecords };
    const ok = left.length === 0 && (damagedRecords === 0 || healed?.hasHub === true);
    noteCheck(catalog, { timeMs: systemClock.nowMs(), ok, readData, ...found });
    cli.status = report.done({
      snapshots: rows.length,
      ...found,
      stats,
      readData,
      healed,
      wrongReceipts: receipts,
    });
  } finally {
    report.end();
    await readers?.close();
    catalog.close();
  }
}

type About = {
  readonly catalog: Catalog;
  readonly readers: WorkerPool | null;
  readonly report: CheckReport;
  readonly signal: AbortSignal;
};

type Looked = {
  readonly damaged: readonly SnapshotRow[];
  readonly damagedRecords: number;
  /** Names of the packs in which they are. */
  readonly packs: ReadonlySet<string>;
  /** As it was before damaged records were left aside. */
  readonly stats: VaultStats;
  readonly isOwn: boolean;
};

/**
 * Looks at these snapshots, and notes in the catalog which are damaged, which no more, and what they lack. Closes the vault.
 * @param tells whether each problem is told
 */
async function look(
  { vault, isOwn, close }: VaultToCheck,
  rows: readonly SnapshotRow[],
  { catalog, readers, report, signal }: About,
  tells: boolean,
): Promise<Looked> {
  const byId = new Map(rows.map((row) => [hex(row.id), row]));
  const damaged = new Map<string, SnapshotRow>();
  const list = new LackingList();
  const stats = vault.stats();
  let damagedRecords = 0;
  const packs = new Set<string>();
  try {
    if (readers !== null)
      await report.begin(`Reading ${counted(stats.records, 'record')} of the vault`, rows.length);
    const problems = checkVault({
      vault,
      snapshots: rows.map(({ id }) => id),
      readers,
      signal,
      onLacking: (snapshot, id, kind) => {
        list.add((byId.get(hex(snapshot)) as SnapshotRow).key, id, kind);
      },
      ...(readers !== null && {
        onProgress: (at) => report.at(at.readBytes, stats.storedBytes, at.snapshots),
      }),
    });
    for await (const problem of problems) {
      if (problem.of === 'record') {
        damagedRecords++;
        packs.add(problem.at.pack);
        report.record(problem.where, problem.error.code, problem.error.message);
        continue;
      }
      const id = hex(problem.snapshot);
      const row = byId.get(id) as SnapshotRow;
      // At once: what this snapshot lacks must not be taken as held by the next backup.
      if (!damaged.has(id)) catalog.markDamaged(problem.snapshot, true);
      damaged.set(id, row);
      if (tells) await report.problem({ ...problem, key: row.key });
    }
  } finally {
    await close();
  }
  for (const { id, damaged: wasDamaged } of rows)
    if (wasDamaged && !damaged.has(hex(id))) catalog.markDamaged(id, false);
  list.note(catalog, systemClock.nowMs());
  return { damaged: [...damaged.values()], damagedRecords, packs, stats, isOwn };
}
