import type { Command } from 'commander';

import { jsonPath } from '../../base/json-path.ts';
import { escapeName } from '../../base/names.ts';
import { diffSnapshots } from '../../client/browse/diff.ts';
import type { Change } from '../../client/browse/diff.ts';
import { findSnapshot } from '../../client/browse/snapshots.ts';
import { ChunkReader } from '../../client/chunk-reader.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { withHub } from '../open-hub.ts';
import { Output } from '../output.ts';
import { counted } from '../view/counts.ts';

const SIGNS: Readonly<Record<Change['change'], string>> = {
  added: '+',
  removed: '-',
  changed: 'M',
  metadata: 'm',
};

export function defineDiff(command: Command, cli: Cli): void {
  command
    .usage('SNAPSHOT SNAPSHOT [options]')
    .description(
      'What differs between two snapshots: + added, - removed, M changed, m only mode, owner, times or attributes.',
    )
    .argument('<before>', 'an id, a beginning of one, USER@HOST:SET@latest, SET@latest or latest')
    .argument('<after>', 'the same')
    .action(
      async (before: string, after: string, options: CommonOptions) =>
        await diff(before, after, options, cli),
    );
  addCommonOptions(command);
}

async function diff(
  beforeText: string,
  afterText: string,
  options: CommonOptions,
  cli: Cli,
): Promise<void> {
  const output = new Output(options, cli);
  const counts: Record<Change['change'], number> = {
    added: 0,
    removed: 0,
    changed: 0,
    metadata: 0,
  };
  await withHub(options, cli, async (session) => {
    const before = await findSnapshot(session, beforeText);
    const after = await findSnapshot(session, afterText);
    const pool = createBundlePool(1);
    const reader = new ChunkReader(session.connection, pool);
    for await (const { change, path, before: was, after: is } of diffSnapshots(
      reader,
      before.id,
      after.id,
    )) {
      cli.signal.throwIfAborted();
      if (output.isGone) break;
      counts[change]++;
      const sizes = { sizeBefore: was?.size ?? null, sizeAfter: is?.size ?? null };
      output.json({
        event: 'change',
        change,
        ...jsonPath(path),
        kind: (is ?? was)?.kind,
        ...sizes,
      });
      output.line(
        `${SIGNS[change]} ${path.length === 0 ? '.' : escapeName(path)}${(is ?? was)?.kind === 'dir' ? '/' : ''}`,
      );
      await output.drained();
    }
    reader.close();
    await pool.close();
  });
  output.json({ event: 'done', ok: true, ...counts });
  const { added, removed, changed, metadata } = counts;
  if (added + removed + changed + metadata === 0) output.line('The two are the same.');
  else
    output.line(
      `${counted(added, 'entry', 'entries')} added, ${removed} removed, ${changed} changed, ${metadata} in metadata alone.`,
    );
}
