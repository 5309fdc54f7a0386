import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, ftruncateSync, rmSync } from 'node:fs';
import process from 'node:process';

import { onExit } from './measure/cleanup.ts';

/** What the file system keeps for itself: a journal, the tables of inodes. */
const OVERHEAD = 1.15;
const OVERHEAD_BYTES = 2e9;
/** An inode for each so many bytes: as many as a tree of small files may need. */
const BYTES_PER_INODE = 4096;
/** Everything is laid out now, not by the kernel while something is timed. */
const LAYOUT = 'lazy_itable_init=0,lazy_journal_init=0';

/**
 * Makes a fresh ext4 with a journal in a file on the disk, and mounts it: every run begins on the same file system, however old and
 * full the machine's own is, and what is thrown away between runs costs no time, where the machine's own discards block by block.
 *
 * @param image - the file; it grows as it is written to, past the page cache of the file system below
 * @param path - where it is mounted
 * @returns takes it away again, with all that is in it; undefined where this can't be done: not as root, or without loop devices
 */
export function mountImage(image: string, path: string, bytes: number): (() => void) | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const remove = (): void => {
    tried('umount', ['--lazy', path]);
    rmSync(image, { force: true });
    rmSync(path, { recursive: true, force: true });
  };
  const forget = onExit(remove);
  const undo = (): void => {
    remove();
    forget();
  };
  const file = openSync(image, 'wx', 0o600);
  ftruncateSync(file, Math.ceil(bytes * OVERHEAD + OVERHEAD_BYTES));
  closeSync(file);
  mkdirSync(path);
  const layout = ['-m', '0', '-i', String(BYTES_PER_INODE), '-E', LAYOUT];
  const isMade = tried('mkfs.ext4', ['-q', '-F', ...layout, image]);
  if (isMade && mountLoop(image, path)) return undo;
  undo();
  return undefined;
}

function mountLoop(image: string, path: string): boolean {
  const options = ['--direct-io=on', '--show', '--find', image];
  const device = spawnSync('losetup', options, { encoding: 'utf8' }).stdout?.trim() ?? '';
  if (device === '') return false;
  const isMounted = tried('mount', ['-t', 'ext4', device, path]);
  // Gone with its mount, or at once where that failed.
  return tried('losetup', ['--detach', device]) && isMounted;
}

function tried(command: string, parameters: readonly string[]): boolean {
  return spawnSync(command, parameters, { stdio: 'ignore' }).status === 0;
}
