import type { Command } from 'commander';

import { hex } from '../../base/bytes.ts';
import { escapeName } from '../../base/names.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { Cli } from '../cli.ts';
import { hubFolder, requireHubFolder, withCatalog } from '../hub-folder.ts';
import { releasedText } from '../view/held-words.ts';

type ReleaseOptions = { readonly json?: true };

export function defineRelease(command: Command, cli: Cli): void {
  command
    .usage('DIR SNAPSHOT [options]')
    .description(
      'Let a snapshot that is held back, because it changes or deletes so much, go on to the destinations. The hub may run or not.',
    )
    .argument('<dir>', "the hub's directory")
    .argument('<snapshot>', 'an id, or a unique beginning of one')
    .option('--json', 'one JSON object a line')
    .action(
      async (dir: string, snapshot: string, options: ReleaseOptions) =>
        await release(dir, snapshot, options, cli),
    );
}

async function release(
  dirText: string,
  text: string,
  options: ReleaseOptions,
  cli: Cli,
): Promise<void> {
  const dir = hubFolder(dirText);
  await requireHubFolder(dir);
  const { id, key, timeMs, held } = await withCatalog(dir, (catalog) => {
    const found = catalog.findSnapshot(text);
    catalog.release(found.id);
    return found;
  });
  const objects = [
    { event: 'released', snapshot: hex(id), ...key, timeMs, held },
    { event: 'done', ok: true },
  ];
  const texts = options.json
    ? objects.map((object) => JSON.stringify(object))
    : [releasedText(hex(id), escapeName(formatSetKey(key)), timeMs, held)];
  for (const line of texts) cli.stdout.write(`${line}\n`);
}
