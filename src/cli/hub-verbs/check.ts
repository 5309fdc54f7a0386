import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { hex } from '../../base/bytes.ts';
import { EXIT_STATUS } from '../../base/exit-status.ts';
import { jsonPath } from '../../base/json-path.ts';
import { escapeName } from '../../base/names.ts';
import type { Catalog, SnapshotCursor, SnapshotRow } from '../../catalog/catalog.ts';
import { noteCheck } from '../../catalog/last-check.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import { checkVault } from '../../vault/check.ts';
import type { CheckProblem, CheckProgress } from '../../vault/check.ts';
import { openForCheck } from '../../vault/directory/open-for-check.ts';
import type { Vault, VaultStats } from '../../vault/vault.ts';
import type { Cli } from '../cli.ts';
import type { OutputOptions } from '../common-options.ts';
import { hubFolder, openCatalog, requireHubFolder } from '../hub-folder.ts';
import { jsonFailure } from '../json-lines.ts';
import { Output } from '../output.ts';
import { ProgressOutput } from '../progress-output.ts';
import { counted } from '../view/counts.ts';
import { renderTransfer } from '../view/transfer-view.ts';

type CheckOptions = OutputOptions & { readonly readData?: true };

export function defineCheck(command: Command, cli: Cli): void {
  command
    .usage('DIR [options]')
    .description(
      'Verify the vault: is everything there that snapshots need? Exit 0 only if it is whole. The hub may run or not.',
    )
    .argument('<dir>', "the hub's directory")
    .option('--read-data', 'read every byte, and recompute every hash')
    .option('--json', 'one JSON object a line')
    .option('--quiet', 'only errors')
    .action(async (dir: string, options: CheckOptions) => await check(dir, options, cli));
}

async function check(dirText: string, options: CheckOptions, cli: Cli): Promise<void> {
  const dir = hubFolder(dirText);
  await requireHubFolder(dir);
  const output = new Output(options, cli);
  const catalog = await openCatalog(dir);
  // Listed first: all that these need was in the vault before they were.
  const rows = allSnapshots(catalog);
  const { vault, isOwn, close } = await openForCheck(dir, (message) => output.warn(message));
  const stats = vault.stats();
  const readers = options.readData ? createBundlePool() : null;
  try {
    const found = await findProblems(vault, rows, readers, catalog, output, cli);
    const readData = readers !== null;
    noteCheck(catalog, { timeMs: systemClock.nowMs(), ok: isWhole(found), readData, ...found });
    cli.status = say({ rows, ...found, stats, readData, isOwn }, output);
  } finally {
    await readers?.close();
    await close();
    catalog.close();
  }
}

type Found = { readonly damagedSnapshots: number; readonly damagedRecords: number };

function isWhole({ damagedSnapshots, damagedRecords }: Found): boolean {
  return damagedSnapshots === 0 && damagedRecords === 0;
}

/** Tells each problem, and notes in the catalog which snapshots are damaged, and which no more. */
async function findProblems(
  vault: Vault,
  rows: readonly SnapshotRow[],
  readers: WorkerPool | null,
  catalog: Catalog,
  output: Output,
  cli: Cli,
): Promise<Found> {
  const byId = new Map(rows.map((row) => [hex(row.id), row]));
  const damaged = new Set<string>();
  let damagedRecords = 0;
  const progress = new ProgressOutput(output, systemClock);
  const onProgress = readers === null ? undefined : progressOf(progress, vault.stats());
  if (readers !== null) await startScreen(progress, rows.length, vault.stats(), output);
  const snapshots = rows.map(({ id }) => id);
  try {
    const options = { vault, snapshots, readers, signal: cli.signal };
    for await (const problem of checkVault({ ...options, ...(onProgress && { onProgress }) })) {
      if (problem.of === 'record') damagedRecords++;
      else {
        const id = hex(problem.snapshot);
        // At once: what this snapshot lacks must not be taken as held by the next backup.
        if (!damaged.has(id)) catalog.markDamaged(problem.snapshot, true);
        damaged.add(id);
      }
      tell(problem, byId, output);
      await output.drained();
    }
  } finally {
    progress.stop();
    output.endScreen(false);
  }
  for (const { id, damaged: wasDamaged } of rows)
    if (wasDamaged && !damaged.has(hex(id))) catalog.markDamaged(id, false);
  return { damagedSnapshots: damaged.size, damagedRecords };
}

function tell(problem: CheckProblem, rows: ReadonlyMap<string, SnapshotRow>, output: Output): void {
  if (problem.of === 'record') {
    const { where, error } = problem;
    output.json({ event: 'damaged-record', where, code: error.code, message: error.message });
    output.warn(`${where}: ${error.message}`);
    return;
  }
  const snapshot = hex(problem.snapshot);
  const { key } = rows.get(snapshot) as SnapshotRow;
  const { path, code, why } = problem;
  const where = path === null ? {} : jsonPath(path);
  output.json({ event: 'damage', snapshot, ...key, ...where, code, message: why });
  const name = `${escapeName(formatSetKey(key))} ${snapshot.slice(0, 12)}`;
  output.line(`${name}: ${path === null ? why : `${escapeName(path)}: ${why}`}`);
}

function progressOf(
  progress: ProgressOutput,
  { storedBytes: total }: VaultStats,
): (at: CheckProgress) => void {
  const none = { file: new Uint8Array(), fileBytes: 0, fileTotal: 0, files: 0, filesTotal: 0 };
  return ({ readBytes: bytes, snapshots }) =>
    progress.at({ ...none, phase: snapshots === 0 ? 'reading' : 'snapshots', bytes, total });
}

async function startScreen(
  progress: ProgressOutput,
  snapshots: number,
  { records }: VaultStats,
  output: Output,
): Promise<void> {
  const title = `Reading ${counted(records, 'record')} of the vault`;
  await output.startScreen((columns) => {
    const { place, rate, leftMs } = progress;
    const doing =
      place?.phase === 'snapshots'
        ? `Looking for all that ${counted(snapshots, 'snapshot')} need`
        : 'Every hash is recomputed';
    return renderTransfer({ title, doing, place, rate, leftMs, copies: [] }, columns, output.style);
  });
}

type Checked = Found & {
  readonly rows: readonly SnapshotRow[];
  /** As it was before damaged records were left aside. */
  readonly stats: VaultStats;
  readonly readData: boolean;
  readonly isOwn: boolean;
};

function say(checked: Checked, output: Output): 0 | 1 {
  const { rows, damagedSnapshots, damagedRecords, readData, isOwn } = checked;
  const { records, storedBytes } = checked.stats;
  const ok = isWhole(checked);
  const numbers = { snapshots: rows.length, damagedSnapshots, records, storedBytes, readData };
  const again = isOwn
    ? 'Back those folders up again to mend it.'
    : 'Stop the hub and check once more; then back those folders up again to mend it.';
  const broken = damagedRecords === 0 ? '' : `${counted(damagedRecords, 'record')} damaged; `;
  const message = `${broken}${damagedSnapshots} of ${counted(rows.length, 'snapshot')} can't be restored whole. ${again}`;
  output.json({
    event: 'done',
    ...(ok ? { ok } : jsonFailure('damaged-chunk', message)),
    ...numbers,
  });
  const depth = readData
    ? 'every byte is as it was written'
    : 'everything that they need is there (--read-data reads it all)';
  const whole = `${counted(rows.length, 'snapshot')}, ${counted(records, 'record')}: ${depth}.`;
  if (ok) output.sentence(output.style.good(whole));
  else output.warn(output.style.bad(message));
  return ok ? EXIT_STATUS.done : EXIT_STATUS.failed;
}

function allSnapshots(catalog: Catalog): SnapshotRow[] {
  const rows: SnapshotRow[] = [];
  let cursor: SnapshotCursor | null = null;
  do {
    const page = catalog.snapshots({}, 1000, cursor);
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== null);
  return rows;
}
