import type { Command } from 'commander';

import { hex } from '../../base/bytes.ts';
import { escapeName } from '../../base/names.ts';
import { findSnapshot } from '../../client/browse/snapshots.ts';
import { changeSnapshot } from '../../client/change-snapshot.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { withHub } from '../open-hub.ts';
import { Output } from '../output.ts';
import { formatTime } from '../view/counts.ts';

const SHORT_ID_DIGITS = 12;

export function defineForget(command: Command, cli: Cli): void {
  command
    .usage('SNAPSHOT… [options]')
    .description(
      "Take snapshots out of their set: they can't be restored any more. Only devices that may do all can do it (rbbackupd invite --may-remove, rbbackupd users DIR duty). The newest snapshot of a set, which destinations follow, can't be forgotten unless it is held back, or the only one.",
    )
    .argument('<snapshot...>', 'ids, unique beginnings of them, or USER@HOST:SET@latest')
    .action(
      async (snapshots: string[], options: CommonOptions) => await forget(snapshots, options, cli),
    );
  addCommonOptions(command);
}

async function forget(texts: readonly string[], options: CommonOptions, cli: Cli): Promise<void> {
  const output = new Output(options, cli);
  await withHub(options, cli, async (session) => {
    // All are looked for before one goes.
    const rows = [];
    for (const text of texts) rows.push(await findSnapshot(session, text));
    for (const { id, user, host, set, timeMs } of rows) {
      await changeSnapshot(session, 'forget', id);
      const snapshot = hex(id);
      output.json({ event: 'forgotten', snapshot, user, host, set, timeMs });
      const name = escapeName(formatSetKey({ user, host, set }));
      output.sentence(
        `Snapshot ${snapshot.slice(0, SHORT_ID_DIGITS)} of ${name}, of ${formatTime(timeMs)}, is forgotten.`,
      );
    }
  });
  output.json({ event: 'done', ok: true });
}
