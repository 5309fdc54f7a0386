import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { run } from './shell.ts';

/** Sum of the apparent sizes of all files in a folder, itself a file or absent. */
export function sizeOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  let bytes = 0;
  for (const name of readdirSync(path)) bytes += sizeOf(join(path, name));
  return bytes;
}

/** How many entries of a folder, itself left out, are not folders. */
export function countFiles(path: string): number {
  let files = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    files += entry.isDirectory() ? countFiles(join(path, entry.name)) : 1;
  }
  return files;
}

/**
 * Compares two trees as `rsync -aci --delete` would: content, times, modes, owners, links.
 *
 * @returns the first differences, none if the trees are the same
 */
export async function differences(left: string, right: string): Promise<string[]> {
  const listed = await run('rsync', ['-naci', '--delete', `${left}/`, `${right}/`]);
  return listed
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, 5);
}
