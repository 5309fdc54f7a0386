import type { Command } from 'commander';

import { bufferOver, hex } from '../../base/bytes.ts';
import { jsonPath } from '../../base/json-path.ts';
import { formatBytes } from '../../base/format.ts';
import { escapeName } from '../../base/names.ts';
import { findSnapshot } from '../../client/browse/snapshots.ts';
import { listTree } from '../../client/browse/tree.ts';
import { ChunkReader } from '../../client/chunk-reader.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import type { Entry } from '../../model/entry.ts';
import { argumentBytes } from '../argument-bytes.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { withHub } from '../open-hub.ts';
import { Output } from '../output.ts';
import { treePath } from '../tree-path.ts';
import { formatMinute } from '../view/counts.ts';

const KIND_LETTERS: Readonly<Record<Entry['kind'], string>> = {
  dir: 'd',
  file: '-',
  symlink: 'l',
  fifo: 'p',
};

export function defineLs(command: Command, cli: Cli): void {
  command
    .usage('SNAPSHOT [PATH] [options]')
    .description('List what is in a snapshot: mode, owner, size, time and path of each entry.')
    .argument('<snapshot>', 'an id, a beginning of one, USER@HOST:SET@latest, SET@latest or latest')
    .argument('[path]', 'only this file, or this folder and what is in it')
    .action(async (snapshot: string, path: string | undefined, options: CommonOptions) => {
      await ls(snapshot, path ?? '', options, cli);
    });
  addCommonOptions(command);
}

async function ls(
  snapshotText: string,
  path: string,
  options: CommonOptions,
  cli: Cli,
): Promise<void> {
  const output = new Output(options, cli);
  const below = treePath(argumentBytes(path, cli.argv));
  let entries = 0;
  await withHub(options, cli, async (session) => {
    const snapshot = await findSnapshot(session, snapshotText);
    const pool = createBundlePool(1);
    const reader = new ChunkReader(session.connection, pool);
    for await (const entry of listTree(reader, snapshot.id, below)) {
      cli.signal.throwIfAborted();
      if (output.isGone) break;
      entries++;
      output.json(jsonEntry(entry));
      output.line(entryLine(entry));
      await output.drained();
    }
    reader.close();
    await pool.close();
    output.json({ event: 'done', ok: true, snapshot: hex(snapshot.id), entries });
  });
}

function jsonEntry(entry: Entry): object {
  const { kind, mode, size, owner } = entry;
  const mtimeMs = entry.mtimeSec * 1000 + entry.mtimeNsec / 1e6;
  const target =
    entry.target.length === 0 ? {} : { target: bufferOver(entry.target).toString('utf8') };
  return {
    event: 'entry',
    ...jsonPath(entry.path),
    kind,
    mode,
    size,
    mtimeMs,
    uid: owner.uid,
    gid: owner.gid,
    ...target,
  };
}

function entryLine(entry: Entry): string {
  const { owner, size, kind } = entry;
  const who = `${escapeName(owner.user) || owner.uid}:${escapeName(owner.group) || owner.gid}`;
  const target = entry.target.length === 0 ? '' : ` -> ${escapeName(entry.target)}`;
  const path = entry.path.length === 0 ? '.' : escapeName(entry.path);
  const bytes = formatBytes(size).padStart(9);
  return `${KIND_LETTERS[kind]}${modeText(entry.mode)} ${who.padEnd(12)} ${bytes} ${formatMinute(entry.mtimeSec * 1000)} ${path}${target}`;
}

/** `rwxr-sr-t` of permission bits. */
function modeText(mode: number): string {
  const letters = Array.from('rwxrwxrwx', (letter, i) =>
    (mode & (0o400 >> i)) === 0 ? '-' : letter,
  );
  const special = (bit: number, at: number, letter: string): void => {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase();
  };
  special(0o4000, 2, 's');
  special(0o2000, 5, 's');
  special(0o1000, 8, 't');
  return letters.join('');
}
