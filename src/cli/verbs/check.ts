import type { Command } from 'commander';

import { RbError } from '../../base/errors.ts';
import { checkHub } from '../../client/check.ts';
import type { CheckListener } from '../../client/check.ts';
import { CheckReport } from '../check-report.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { withHub } from '../open-hub.ts';
import { Output } from '../output.ts';

type CheckOptions = CommonOptions & { readonly readData?: true; readonly heal?: true };

export function defineCheck(command: Command, cli: Cli): void {
  command
    .usage('[options]')
    .description(
      `Have the hub verify its vault: is everything there that snapshots need? Exit 0 only if it is whole. For administrators;
on the hub's own machine "rbbackupd check DIR" does the same.`,
    )
    .option('--read-data', 'read every byte, and recompute every hash')
    .option('--heal', 'fetch what is damaged or missing from destinations that hold it')
    .action(async (options: CheckOptions) => await check(options, cli));
  addCommonOptions(command);
}

async function check(options: CheckOptions, cli: Cli): Promise<void> {
  const output = new Output(options, cli);
  const report = new CheckReport(output);
  const wanted = { readData: options.readData === true, heal: options.heal === true };
  await withHub(options, cli, async (session) => {
    let isBegun = false;
    const begin = async (snapshots: number): Promise<void> => {
      if (isBegun) return;
      isBegun = true;
      await report.begin('Checking the vault of the hub', snapshots);
    };
    try {
      const listener: CheckListener = {
        onProgress: ({ readBytes, totalBytes, snapshots, snapshotsTotal }) => {
          void begin(snapshotsTotal);
          report.at(readBytes, totalBytes, snapshots);
        },
        onProblem: async ({ snapshot, user, host, set, path, code, message }) =>
          await report.problem({ snapshot, key: { user, host, set }, path, code, why: message }),
      };
      const checked = await checkHub(session, wanted, listener, cli.signal);
      report.end();
      const { healedChunks, from, lackingChunks } = checked;
      cli.status = report.done({
        ...checked,
        stats: null,
        readData: wanted.readData,
        healed: wanted.heal ? { healedChunks, from, lackingChunks, hasHub: true } : null,
      });
    } finally {
      report.end();
    }
    if (cli.signal.aborted)
      throw new RbError('interrupted', 'Interrupted; run the same command again.');
  });
}
