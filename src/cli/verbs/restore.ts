import { resolve } from 'node:path';
import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { RbError } from '../../base/errors.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import { CHECKING_THREADS } from '../../client/checking-threads.ts';
import { findSnapshot } from '../../client/browse/snapshots.ts';
import { restore } from '../../client/restore.ts';
import { argumentBytes, textArgument } from '../argument-bytes.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { withHub } from '../open-hub.ts';
import { Output } from '../output.ts';
import { RebuildReport } from '../rebuild-report.ts';
import { splitSnapshotPath } from '../snapshot-path.ts';

type RestoreOptions = CommonOptions & {
  readonly overwrite?: true;
  readonly keepSetId?: true;
  readonly verbose?: true;
};

export function defineRestore(command: Command, cli: Cli): void {
  command
    .usage('SNAPSHOT[:PATH] DIR [options]')
    .description(
      'Rebuild a snapshot under DIR, or only a folder or a file of it. Nothing is written outside DIR.',
    )
    .argument(
      '<snapshot>',
      'an id, a beginning of one, USER@HOST:SET@latest, SET@latest or latest; then :PATH for a part',
    )
    .argument('<dir>', 'made if it is missing')
    .option('--overwrite', "also replace what is newer than the snapshot's, or of another kind")
    .option('--keep-set-id', 'keep set-user-id and set-group-id bits of files')
    .option('-v, --verbose', 'list files as they are restored')
    .action(
      async (snapshot: string, dir: string, options: RestoreOptions) =>
        await restoreTo(snapshot, dir, options, cli),
    );
  addCommonOptions(command);
}

async function restoreTo(
  what: string,
  dirText: string,
  options: RestoreOptions,
  cli: Cli,
): Promise<void> {
  const into = resolve(textArgument(dirText, 'DIR'));
  const { snapshot: snapshotText, subtree } = splitSnapshotPath(argumentBytes(what, cli.argv));
  const output = new Output(options, cli);
  const title = `Restoring ${subtree === null ? 'all' : 'a part'} of ${snapshotText}`;
  const report = new RebuildReport({ output, clock: systemClock, title });
  const pool = createBundlePool(CHECKING_THREADS);
  await report.begin();
  try {
    const done = await withHub(options, cli, async (session) => {
      const { id } = await findSnapshot(session, snapshotText);
      return await restore(
        {
          snapshot: id,
          subtree,
          into,
          overwrite: options.overwrite === true,
          keepSetId: options.keepSetId === true,
          listFiles: options.verbose === true,
        },
        { session, pool, onEvent: (event) => report.event(event), signal: cli.signal },
      );
    });
    report.end();
    if (cli.signal.aborted)
      throw new RbError('interrupted', 'Interrupted; run the same command again.');
    cli.status = report.restored(done, into);
  } finally {
    report.end();
    await pool.close();
  }
}
