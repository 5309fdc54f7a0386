import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { hex } from '../../base/bytes.ts';
import { EXIT_STATUS } from '../../base/exit-status.ts';
import { escapeName } from '../../base/names.ts';
import type { Catalog, SnapshotCursor, SnapshotRow } from '../../catalog/catalog.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { Vault } from '../../vault/vault.ts';
import { openForCheck } from '../check/open-for-check.ts';
import { readEverything } from '../check/read-everything.ts';
import type { DataCheck } from '../check/read-everything.ts';
import { SnapshotCheck } from '../check/snapshot-check.ts';
import type { Cli } from '../cli.ts';
import type { OutputOptions } from '../common-options.ts';
import { hubFolder, openCatalog, requireHubFolder } from '../hub-folder.ts';
import { jsonFailure, jsonPath } from '../json-lines.ts';
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
  try {
    const data = options.readData ? await readData(vault, output, cli) : null;
    for (const { where, error } of data?.problems ?? []) {
      output.json({ event: 'damaged-record', where, code: error.code, message: error.message });
      output.warn(`${where}: ${error.message}`);
    }
    const damaged = await checkSnapshots(
      rows,
      catalog,
      new SnapshotCheck(vault, data?.damaged ?? new Set()),
      output,
      cli,
    );
    // So that the next backup sends again what these held.
    if (isOwn) for (const place of data?.damaged ?? []) await vault.forget(place);
    cli.status = say({ rows, damaged, data, vault, isOwn }, output);
  } finally {
    await close();
    catalog.close();
  }
}

async function readData(vault: Vault, output: Output, cli: Cli): Promise<DataCheck> {
  const pool = createBundlePool();
  const progress = new ProgressOutput(output, systemClock);
  const { storedBytes: total, records } = vault.stats();
  const title = `Reading ${counted(records, 'record')} of the vault`;
  await output.startScreen((columns) => {
    const { place, rate, leftMs } = progress;
    return renderTransfer(
      { title, doing: 'Every hash is recomputed', place, rate, leftMs, copies: [] },
      columns,
      output.style,
    );
  });
  try {
    const at = (bytes: number): void =>
      progress.at({
        phase: 'reading',
        file: new Uint8Array(),
        fileBytes: 0,
        fileTotal: 0,
        bytes,
        total,
        files: 0,
        filesTotal: 0,
      });
    return await readEverything(vault, pool, at, cli.signal);
  } finally {
    progress.stop();
    output.endScreen(false);
    await pool.close();
  }
}

async function checkSnapshots(
  rows: readonly SnapshotRow[],
  catalog: Catalog,
  checker: SnapshotCheck,
  output: Output,
  cli: Cli,
): Promise<number> {
  let damaged = 0;
  for (const { id, key, damaged: wasDamaged } of rows) {
    let damages = 0;
    const name = `${escapeName(formatSetKey(key))} ${hex(id).slice(0, 12)}`;
    for await (const { path, why } of checker.check(id)) {
      cli.signal.throwIfAborted();
      damages++;
      const where = path === null ? {} : jsonPath(path);
      output.json({ event: 'damage', snapshot: hex(id), ...key, ...where, message: why });
      output.line(`${name}: ${path === null ? why : `${escapeName(path)}: ${why}`}`);
      await output.drained();
    }
    if (damages > 0) damaged++;
    if (damages > 0 !== wasDamaged) catalog.markDamaged(id, damages > 0);
  }
  return damaged;
}

type Checked = {
  readonly rows: readonly SnapshotRow[];
  readonly damaged: number;
  readonly data: DataCheck | null;
  readonly vault: Vault;
  readonly isOwn: boolean;
};

function say({ rows, damaged, data, vault, isOwn }: Checked, output: Output): 0 | 1 {
  const isWhole = damaged === 0 && (data === null || data.problems.length === 0);
  const { records, storedBytes } = vault.stats();
  const numbers = {
    snapshots: rows.length,
    damagedSnapshots: damaged,
    records,
    storedBytes,
    readData: data !== null,
  };
  const again = isOwn
    ? 'Back those folders up again to mend it.'
    : 'Stop the hub and check once more; then back those folders up again to mend it.';
  const broken =
    data === null || data.problems.length === 0
      ? ''
      : `${counted(data.problems.length, 'record')} damaged; `;
  const message = `${broken}${damaged} of ${counted(rows.length, 'snapshot')} can't be restored whole. ${again}`;
  output.json({
    event: 'done',
    ...(isWhole ? { ok: true } : jsonFailure('damaged-chunk', message)),
    ...numbers,
  });
  const depth =
    data === null
      ? 'everything that they need is there (--read-data reads it all)'
      : 'every byte is as it was written';
  if (isWhole)
    output.line(
      output.style.good(
        `${counted(rows.length, 'snapshot')}, ${counted(records, 'record')}: ${depth}.`,
      ),
    );
  else output.warn(output.style.bad(message));
  return isWhole ? EXIT_STATUS.done : EXIT_STATUS.failed;
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
