import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';

import { hex } from '../../src/base/bytes.ts';
import { blake3 } from '../../src/base/hash.ts';
import type { Thing, Tree } from './collector.ts';

const KINDS: readonly [string, number][] = [
  ['dir', 0o040000],
  ['file', 0o100000],
  ['symlink', 0o120000],
  ['fifo', 0o010000],
];

/** What is on disk, found by node:fs alone. Sockets and devices are not there. */
export function diskTree(root: string): Tree {
  const tree: Tree = new Map([['', thingAt(Buffer.from(root), 'dir')]]);
  walk(Buffer.from(root), '', tree);
  return tree;
}

function walk(folder: Buffer, relative: string, tree: Tree): void {
  for (const name of readdirSync(folder, { encoding: 'buffer' })) {
    const full = Buffer.concat([folder, Buffer.from('/'), name]);
    const path =
      relative === '' ? name.toString('latin1') : `${relative}/${name.toString('latin1')}`;
    const format = Number(lstatSync(full, { bigint: true }).mode) & 0o170000;
    const kind = KINDS.find(([, bits]) => bits === format)?.[0];
    if (kind === undefined) continue;
    tree.set(path, thingAt(full, kind));
    if (kind === 'dir') walk(full, path, tree);
  }
}

function thingAt(full: Buffer, kind: string): Thing {
  const stat = lstatSync(full, { bigint: true });
  let content = '';
  if (kind === 'file') content = hex(blake3(readFileSync(full)));
  if (kind === 'symlink') content = readlinkSync(full, { encoding: 'buffer' }).toString('latin1');
  return {
    kind,
    mode: Number(stat.mode) & 0o7777,
    owner: `${stat.uid}:${stat.gid}`,
    mtimeNs: stat.mtimeNs,
    size: kind === 'file' ? Number(stat.size) : 0,
    content,
  };
}

/** As an object for comparing, in an order of no meaning. */
export function plain(tree: Tree): Record<string, Thing> {
  return Object.fromEntries([...tree].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
