import { resolve } from 'node:path';
import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { hex } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { EXIT_STATUS } from '../../base/exit-status.ts';
import { formatBytes } from '../../base/format.ts';
import { jsonPath } from '../../base/json-path.ts';
import { escapeName } from '../../base/names.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import { CHECKING_THREADS } from '../../client/checking-threads.ts';
import { verifyDestination } from '../../client/verify.ts';
import type { VerifiedSet, VerifyResult } from '../../client/verify.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import { textArgument } from '../argument-bytes.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { jsonFailure } from '../json-lines.ts';
import { openHub } from '../open-hub.ts';
import { Output } from '../output.ts';
import { RebuildReport } from '../rebuild-report.ts';
import { counted } from '../view/counts.ts';

export function defineVerify(command: Command, cli: Cli): void {
  command
    .usage('DIR [options]')
    .description(
      'Read every byte of a destination and compare it with what was verified; fetch again from the hub what is damaged or gone.',
    )
    .argument('<dir>', 'a folder that `rbbackup receive` filled')
    .action(async (dir: string, options: CommonOptions) => await verify(dir, options, cli));
  addCommonOptions(command);
}

async function verify(dirText: string, options: CommonOptions, cli: Cli): Promise<void> {
  const dir = resolve(textArgument(dirText, 'DIR'));
  const output = new Output(options, cli);
  const report = new RebuildReport({ output, clock: systemClock, title: `Verifying ${dir}` });
  const pool = createBundlePool(CHECKING_THREADS);
  await report.begin();
  try {
    const result = await verifyDestination(dir, {
      openSession: async () => await openHub(options, cli),
      pool,
      onEvent: (key, event) => report.event(event, key),
      signal: cli.signal,
    });
    report.end();
    if (cli.signal.aborted)
      throw new RbError('interrupted', 'Interrupted; run the same command again.');
    say(result, report.seconds, output, cli);
  } finally {
    report.end();
    await pool.close();
  }
}

function say({ sets, hubError }: VerifyResult, seconds: number, output: Output, cli: Cli): void {
  for (const set of sets) output.sentence(setLine(set));
  const isWhole = sets.every((set) => set.isWhole);
  if (hubError !== null && !isWhole)
    output.warn(`Nothing could be mended, as the hub is out of reach: ${hubError.message}`);
  if (sets.length === 0) output.line('Nothing was received here yet.');
  const message =
    hubError === null
      ? 'Something is damaged and could not be mended.'
      : 'Something is damaged, and the hub is out of reach.';
  const outcome = isWhole
    ? { ok: true }
    : jsonFailure(sets.flatMap(({ problems }) => problems)[0]?.code ?? 'differs', message);
  const mended = sets.reduce((sum, set) => sum + set.mended, 0);
  const files = sets.reduce((sum, set) => sum + set.files, 0);
  const bytes = sets.reduce((sum, set) => sum + set.bytes, 0);
  output.json({
    event: 'done',
    ...outcome,
    files,
    bytes,
    mended,
    seconds,
    sets: sets.map(jsonSet),
  });
  if (!isWhole) cli.status = EXIT_STATUS.failed;
}

function setLine({ key, files, bytes, mended, problems, isWhole, snapshot }: VerifiedSet): string {
  const name = escapeName(formatSetKey(key));
  if (snapshot === null)
    return `${name}: its first transfer never ended; run \`rbbackup receive\` to get it.`;
  const repaired = mended === 0 ? '' : `, ${mended} of them mended`;
  const verdict = isWhole ? 'whole' : `${counted(problems.length, 'thing')} not as verified`;
  return `${name}: ${verdict}; ${counted(files, 'file')}, ${formatBytes(bytes)}${repaired}.`;
}

function jsonSet({ key, snapshot, files, bytes, mended, problems, isWhole }: VerifiedSet): object {
  const list = problems.map(({ path, code, message }) => ({ ...jsonPath(path), code, message }));
  return {
    ...key,
    snapshot: snapshot === null ? null : hex(snapshot),
    ok: isWhole,
    files,
    bytes,
    mended,
    problems: list,
  };
}
