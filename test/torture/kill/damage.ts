/** Spoils some files of a folder. */

import {
  appendFileSync,
  closeSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs';

import { filesBelow } from '../../rebuild/random-tree.ts';
import type { Random } from '../../rebuild/random-tree.ts';

const MOST_FILES = 4;

export function damage(root: string, random: Random): void {
  const paths = filesBelow(root).filter((path) => !path.includes('/.rbbackup/'));
  for (let i = 1 + random(MOST_FILES); i > 0; i--) {
    const [path] = paths.splice(random(paths.length), 1);
    if (path !== undefined) damageOne(path, random);
  }
}

function damageOne(path: string, random: Random): void {
  const { size, atime, mtime } = statSync(path);
  const how = random(4);
  if (how === 0) return rmSync(path);
  if (how === 1) truncateSync(path, random(size));
  if (how === 2) appendFileSync(path, 'more');
  if (how === 3) flipByte(path, random(size));
  // So that only the content gives it away.
  if (random(2) === 0) utimesSync(path, atime, mtime);
}

function flipByte(path: string, at: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0] = (byte[0] as number) ^ 0x5a;
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}
