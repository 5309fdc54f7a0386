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
import { releasedText } from '../view/held-words.ts';

export function defineRelease(command: Command, cli: Cli): void {
  command
    .usage('SNAPSHOT [options]')
    .description(
      `Let a snapshot that the hub holds back, because it changes or deletes so much, go on to the destinations. Only
devices that may do all can do it (rbbackupd invite --may-remove, rbbackupd users DIR duty).`,
    )
    .argument('<snapshot>', 'an id, a unique beginning of one, or USER@HOST:SET@latest')
    .action(
      async (snapshot: string, options: CommonOptions) => await release(snapshot, options, cli),
    );
  addCommonOptions(command);
}

async function release(text: string, options: CommonOptions, cli: Cli): Promise<void> {
  const output = new Output(options, cli);
  await withHub(options, cli, async (session) => {
    const { id, user, host, set, timeMs, held } = await findSnapshot(session, text);
    await changeSnapshot(session, 'release', id);
    const key = { user, host, set };
    output.json({ event: 'released', snapshot: hex(id), ...key, timeMs, held: held ?? null });
    const name = escapeName(formatSetKey(key));
    output.sentence(releasedText(hex(id), name, timeMs, held ?? null));
  });
  output.json({ event: 'done', ok: true });
}
