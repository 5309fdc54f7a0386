import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { RbError } from '../../base/errors.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import { CHECKING_THREADS } from '../../client/checking-threads.ts';
import { Destination } from '../../client/receive/destination.ts';
import { destinationLabel } from '../../client/receive/destination-label.ts';
import { receive } from '../../client/receive/standing-order.ts';
import { DAY_MS, TRASH_MS } from '../../client/receive/trash-keeper.ts';
import { openSession } from '../../client/session.ts';
import type { HubSession } from '../../client/session.ts';
import { checkLabel } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import { textArgument } from '../argument-bytes.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { hubChoice, sessionContext } from '../open-hub.ts';
import { daysOption } from '../option-values.ts';
import { Output } from '../output.ts';
import { ReceiveReport } from '../receive-report.ts';

type ReceiveOptions = CommonOptions & {
  readonly from?: string;
  readonly as?: string;
  readonly once?: true;
  readonly keepSetId?: true;
  readonly trashDays: number;
  readonly verbose?: true;
};

export function defineReceive(command: Command, cli: Cli): void {
  command
    .usage('DIR [options]')
    .description(
      'Be a destination: wait for transfers, for as long as it takes, and rebuild the trees under DIR.',
    )
    .argument('<dir>', 'made if it is missing; what no transfer put there is never touched')
    .option('--from <user@host:set>', 'only this set, and DIR itself becomes its tree')
    .option('--once', 'end when one transfer has been verified')
    .option(
      '--as <label>',
      'what origins see this destination as (default: this machine and the name of DIR)',
    )
    .option('--keep-set-id', 'keep set-user-id and set-group-id bits of files')
    .addOption(
      new Option(
        '--trash-days <days>',
        'how long what transfers delete is kept in DIR/.rbbackup/trash; 0: not at all',
      )
        .argParser(daysOption)
        .default(TRASH_MS / DAY_MS),
    )
    .option('-v, --verbose', 'list files as they arrive')
    .action(async (dir: string, options: ReceiveOptions) => await receiveInto(dir, options, cli));
  addCommonOptions(command);
}

async function receiveInto(dirText: string, options: ReceiveOptions, cli: Cli): Promise<void> {
  const dir = resolve(textArgument(dirText, 'DIR'));
  const output = new Output(options, cli);
  const single = options.from === undefined ? null : parseFullSet(options.from);
  const name = destinationLabel(dir, options.as, options.host);
  const destination = await Destination.open(dir, single);
  const report = new ReceiveReport({ output, clock: systemClock, dir, name });
  const pool = createBundlePool(CHECKING_THREADS);
  await report.begin();
  try {
    await receive({
      destination,
      name,
      connect: sameHub(options, cli),
      pool,
      clock: systemClock,
      random: Math.random,
      listFiles: options.verbose === true,
      keepSetId: options.keepSetId === true,
      once: options.once === true,
      trashMs: options.trashDays * DAY_MS,
      onEvent: (event) => report.event(event),
      signal: cli.signal,
    });
  } finally {
    report.end();
    await pool.close();
    destination.close();
  }
  if (cli.signal.aborted)
    throw new RbError(
      'interrupted',
      'Stopped; what arrived is kept, and the same command goes on from there.',
    );
}

/**
 * Connects, again and again, to the hub that it connected to first: while a destination waits, other commands may use
 * another one.
 */
function sameHub(options: CommonOptions, cli: Cli): () => Promise<HubSession> {
  let choice = hubChoice(options);
  return async () => {
    const session = await openSession(choice, sessionContext(options, cli));
    const { fingerprint, name } = session.hub;
    if (choice.server === undefined) choice = { ...choice, fingerprint, name };
    return session;
  };
}

/** The whole of USER@HOST:SET: before a login nobody knows whose a shorter one would be. */
function parseFullSet(text: string): SetKey {
  const { user, host, set } =
    /^(?<user>[^@:\s]+)@(?<host>[^@:\s]+):(?<set>.+)$/su.exec(text)?.groups ?? {};
  if (user === undefined || host === undefined || set === undefined) {
    throw new RbError('usage', '--from takes USER@HOST:SET, as `rbbackup snapshots` lists it.');
  }
  checkLabel('user', user);
  checkLabel('host', host);
  checkLabel('set', set);
  return { user, host, set };
}
