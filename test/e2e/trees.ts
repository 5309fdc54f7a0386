/** Comparing folders without any of the product's own code. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readSync, readdirSync, readlinkSync } from 'node:fs';

const SEPARATOR = Buffer.from('/');
const hasRsync = spawnSync('rsync', ['--version']).status === 0;
const isRoot = process.getuid?.() === 0;

/**
 * A line for each thing below a folder, that says all that a copy must keep: path (hex), kind, mode, owner, size, mtime
 * in ns, a hash of the content or the target, and which paths are one inode.
 */
export function describeTree(root: string, except: readonly string[] = ['.rbbackup']): string[] {
  const lines: string[] = [];
  const firstOfInode = new Map<string, string>();
  const walk = (folder: Buffer, relative: Buffer): void => {
    lines.push(describe(folder, relative, firstOfInode));
    if (!lstatSync(folder).isDirectory()) return;
    const names = readdirSync(folder, { encoding: 'buffer' }).toSorted((left, right) =>
      Buffer.compare(left, right),
    );
    for (const name of names) {
      if (relative.length === 0 && except.includes(name.toString())) continue;
      const below = relative.length === 0 ? name : Buffer.concat([relative, SEPARATOR, name]);
      walk(Buffer.concat([folder, SEPARATOR, name]), below);
    }
  };
  walk(Buffer.from(root), Buffer.alloc(0));
  return lines;
}

function describe(path: Buffer, relative: Buffer, firstOfInode: Map<string, string>): string {
  const stat = lstatSync(path, { bigint: true });
  const shown = relative.toString('latin1');
  const fields = [shown, (stat.mode & 0o170000n).toString(8), (stat.mode & 0o7777n).toString(8)];
  if (isRoot) fields.push(`${stat.uid}:${stat.gid}`);
  fields.push(stat.isSymbolicLink() ? '' : `${stat.mtimeNs}`);
  if (stat.isFile()) {
    const inode = `${stat.dev}:${stat.ino}`;
    const first = firstOfInode.get(inode) ?? shown;
    firstOfInode.set(inode, first);
    fields.push(`${stat.size}`, hashOf(path), stat.nlink > 1n ? `=${first}` : '');
  }
  if (stat.isSymbolicLink())
    fields.push(readlinkSync(path, { encoding: 'buffer' }).toString('latin1'));
  return fields.join(' | ');
}

/** One for all files: a megabyte anew for each of many small ones takes longer than reading them. */
const buffer = Buffer.allocUnsafe(1 << 20);

function hashOf(path: Buffer): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer))
      hash.update(buffer.subarray(0, n));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** Fails, naming the first differences, unless two folders hold the same. */
export function assertSameTree(actual: string, expected: string): void {
  const [left, right] = [new Set(describeTree(actual)), new Set(describeTree(expected))];
  const surplus = [...left].filter((line) => !right.has(line));
  const missing = [...right].filter((line) => !left.has(line));
  assert.deepEqual(
    { surplus: surplus.slice(0, 5), missing: missing.slice(0, 5) },
    { surplus: [], missing: [] },
    `${actual} is not as ${expected}`,
  );
  if (hasRsync) assert.equal(rsyncDifference(expected, actual), '');
}

/** What `rsync -naci --delete` would change, hard links, ACLs and attributes included; empty when all is the same. */
function rsyncDifference(source: string, copy: string): string {
  const args = ['-naciHAX', '--delete', '--exclude=/.rbbackup', `${source}/`, `${copy}/`];
  return execFileSync('rsync', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
}
