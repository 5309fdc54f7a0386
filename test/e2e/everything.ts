/** A folder with one of everything that a backup must keep. */

import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  linkSync,
  lchownSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  chmodSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { noise, writeFiles } from './data.ts';

const isRoot = process.getuid?.() === 0;
const hasTool = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;
const SLASH = Buffer.from('/');
const LONGEST_NAME_BYTES = 255;
const LONG_PATH_BYTES = 4000;

/** Names that text functions spoil. */
const ODD_NAMES: readonly Buffer[] = [
  Buffer.from([0xff, 0xfe, 0x80]),
  Buffer.from('caf\u00e9'),
  Buffer.from('cafe\u0301'),
  Buffer.from('caf\xe9', 'latin1'),
  Buffer.from('two\nlines\r'),
  Buffer.from(' '),
  Buffer.from('-rf'),
  Buffer.from('a\\b'),
  Buffer.from('*?[x]'),
  Buffer.from('\u202egnp.exe'),
  Buffer.from('x'.repeat(LONGEST_NAME_BYTES)),
  Buffer.from('\ud83d\ude00'),
  Buffer.from('...'),
  Buffer.from('.rbbackup-like'),
  Buffer.from('%2e%2e'),
  Buffer.from('\x01\x1b[2J'),
];

/** Makes the folder; what the machine has no tools or rights for is not in it. */
export function makeEverything(root: string): void {
  mkdirSync(root, { recursive: true });
  plainThings(join(root, 'plain'));
  oddNames(join(root, 'names'));
  links(join(root, 'links'));
  holes(join(root, 'holes'));
  modes(join(root, 'modes'));
  attributes(join(root, 'attributes'));
  owners(join(root, 'owners'));
  deepPath(join(root, 'deep'));
  // Last, as whatever is made in a folder changes its time.
  times(join(root, 'times'));
}

function plainThings(dir: string): void {
  writeFiles(dir, {
    'empty-file': '',
    'empty-folder/': '',
    'one/two/three/': '',
    'hello.txt': 'hello\n',
  });
  writeFileSync(join(dir, 'noise.bin'), noise('everything', 3_000_001));
  execFileSync('mkfifo', ['-m', '640', join(dir, 'fifo')]);
}

function oddNames(dir: string): void {
  mkdirSync(dir);
  for (const name of ODD_NAMES) {
    writeFileSync(Buffer.concat([Buffer.from(dir), SLASH, name]), name);
    if (name.length === LONGEST_NAME_BYTES) continue;
    const folder = Buffer.concat([Buffer.from(dir), SLASH, name, Buffer.from('.d')]);
    mkdirSync(folder);
    symlinkSync(name, Buffer.concat([folder, SLASH, name]));
  }
}

function links(dir: string): void {
  writeFiles(dir, { first: 'one inode', 'sub/': '', alone: 'alone' });
  linkSync(join(dir, 'first'), join(dir, 'sub', 'second'));
  linkSync(join(dir, 'first'), join(dir, 'third'));
  symlinkSync('first', join(dir, 'to-file'));
  symlinkSync('nowhere/at/all', join(dir, 'dangling'));
  symlinkSync('/etc/passwd', join(dir, 'absolute'));
  symlinkSync('../../../../..', join(dir, 'up'));
  symlinkSync('loop', join(dir, 'loop'));
  symlinkSync(`${'long/'.repeat(700)}end`, join(dir, 'long-target'));
  symlinkSync(Buffer.from([0xff, 0x80]), join(dir, 'target-no-utf8'));
}

function holes(dir: string): void {
  mkdirSync(dir);
  sparse(join(dir, 'only-a-hole'), 10_000_000, []);
  sparse(join(dir, 'middle'), 30_000_000, [
    [0, 70_000],
    [12_345_678, 200_000],
  ]);
  sparse(join(dir, 'end'), 20_000_000, [[19_990_000, 10_000]]);
}

/** A file of holes but for some noise at these places. */
export function sparse(
  path: string,
  bytes: number,
  data: readonly (readonly [at: number, bytes: number])[],
): void {
  const file = openSync(path, 'w');
  try {
    ftruncateSync(file, bytes);
    for (const [at, length] of data)
      writeSync(file, noise(`${bytes} ${at}`, length), 0, length, at);
  } finally {
    closeSync(file);
  }
}

function modes(dir: string): void {
  for (const mode of [0o000, 0o400, 0o644, 0o600, 0o777, 0o111, 0o222]) {
    writeFiles(dir, { [`file-${mode.toString(8)}`]: 'x', [`folder-${mode.toString(8)}/in`]: 'x' });
    chmodSync(join(dir, `file-${mode.toString(8)}`), mode);
    // Without the right to enter a folder only root could still read what is in it.
    if (isRoot || (mode & 0o500) === 0o500)
      chmodSync(join(dir, `folder-${mode.toString(8)}`), mode);
  }
}

function attributes(dir: string): void {
  writeFiles(dir, { file: 'x', folder: '', 'folder.d/in': 'x', acl: 'x' });
  if (hasTool('setfattr')) {
    execFileSync('setfattr', ['-n', 'user.comment', '-v', 'a word', join(dir, 'file')]);
    execFileSync('setfattr', ['-n', 'user.empty', join(dir, 'file')]);
    execFileSync('setfattr', ['-n', 'user.bytes', '-v', '0xff0001', join(dir, 'file')]);
    execFileSync('setfattr', [
      '-n',
      'user.of-folder',
      '-v',
      'x'.repeat(2000),
      join(dir, 'folder.d'),
    ]);
  }
  if (hasTool('setfacl')) {
    execFileSync('setfacl', ['-m', 'u:1234:rw-,g:2345:r--,m::rw-', join(dir, 'acl')]);
    execFileSync('setfacl', ['-m', 'u:1234:r-x,d:u:1234:rwx,d:g::r-x', join(dir, 'folder.d')]);
  }
}

function owners(dir: string): void {
  writeFiles(dir, { mine: 'x', other: 'x', 'folder/in': 'x' });
  symlinkSync('mine', join(dir, 'link'));
  if (!isRoot) return;
  lchownSync(join(dir, 'other'), 12_345, 54_321);
  lchownSync(join(dir, 'folder'), 65_534, 0);
  lchownSync(join(dir, 'link'), 4_000_000_000, 7);
}

/** A path of 4,000 bytes, counted from the root of the tree. */
function deepPath(dir: string): void {
  let path = dir;
  let left = LONG_PATH_BYTES - 'deep'.length;
  for (let level = 0; left > 0; level++) {
    const bytes = Math.min(left - 1, LONGEST_NAME_BYTES);
    path = join(path, `${level % 10}`.padEnd(bytes, 'd'));
    left -= bytes + 1;
  }
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'down here');
}

const TIMES: Readonly<Record<string, string>> = {
  'to-the-nanosecond': '2024-02-29 12:34:56.123456789 UTC',
  'before-1970': '1969-12-31 23:59:58.999999999 UTC',
  'long-ago': '1901-12-14 00:00:00.000000001 UTC',
  'after-2038': '2039-01-01 00:00:00.5 UTC',
  'far-away': '2400-06-01 00:00:00.987654321 UTC',
  epoch: '1970-01-01 00:00:00 UTC',
};

function times(dir: string): void {
  writeFiles(dir, { 'folder/in': 'x' });
  symlinkSync('folder', join(dir, 'link'));
  for (const [name, time] of Object.entries(TIMES)) {
    writeFileSync(join(dir, name), name);
    execFileSync('touch', ['-d', time, join(dir, name)]);
  }
  lutimesSync(join(dir, 'link'), 1e9, 1e9);
  execFileSync('touch', ['-d', '2001-02-03 04:05:06.000000007 UTC', join(dir, 'folder')]);
}
