import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';

import { RestoreFolder } from '../../src/client/left-restore.ts';
import { FRESH_BIT } from '../../src/rebuild/protocol.ts';
import { tempFolder } from '../vault/temp-folder.ts';

const SNAPSHOT = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

/** A restore's folder with an unfinished file, as it is while one works. */
function working(into: string, snapshot: Uint8Array): string {
  const { path } = new RestoreFolder(into, snapshot, null);
  mkdirSync(path, { mode: 0o700 });
  mkdirSync(join(path, 'tmp'));
  writeFileSync(join(path, 'tmp', 'f-1'), 'the first half');
  chmodSync(path, FRESH_BIT | 0o700);
  writeFileSync(join(path, 'journal'), '');
  return path;
}

/** As {@link working}, but whoever worked there is gone. */
function killed(into: string, snapshot: Uint8Array): string {
  const path = working(into, snapshot);
  const dead = path.replace(`-${process.pid}-`, `-${spawnSync('true').pid}-`);
  renameSync(path, dead);
  return dead;
}

test('what a restore that was killed has put together is taken up by the next one of the same', () => {
  const into = tempFolder();
  const dead = killed(into, SNAPSHOT);
  const { path } = new RestoreFolder(into, SNAPSHOT, null);
  assert.equal(existsSync(dead), false);
  assert.deepEqual(readdirSync(path), ['tmp']);
  assert.equal(statSync(path).mode & FRESH_BIT, FRESH_BIT, 'the root was empty when it began');
  assert.deepEqual(readdirSync(join(path, 'tmp')), ['f-1']);
});

test('what a killed restore of something else has left is removed, and what one is working in is not touched', () => {
  const into = tempFolder();
  const living = working(into, OTHER);
  const dead = killed(into, OTHER);
  const { path } = new RestoreFolder(into, SNAPSHOT, null);
  assert.deepEqual([existsSync(dead), existsSync(path)], [false, false]);
  assert.deepEqual(readdirSync(into), [basename(living)]);
  assert.deepEqual(readdirSync(living).toSorted(), ['journal', 'tmp']);
});

test('a link or an open folder of such a name is none of ours', () => {
  const into = tempFolder();
  const dead = killed(into, OTHER);
  const name = dead.replace(/.{4}$/, 'abcd');
  symlinkSync(into, name);
  const open = dead.replace(/.{4}$/, 'ef01');
  mkdirSync(open, { mode: 0o755 });
  assert.equal(existsSync(new RestoreFolder(into, SNAPSHOT, null).path), false);
  assert.deepEqual(readdirSync(into).toSorted(), [basename(name), basename(open)].toSorted());
});
