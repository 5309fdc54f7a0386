import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** In a folder, and folders in the folder above it. */
const FILES_PER_FOLDER = 100;
const LEAST_BYTES = 100;
const MOST_BYTES = 2000;
/** Multipliers of a linear congruential generator, Numerical Recipes, 2nd ed., 7.1: the same files everywhere. */
const FACTOR = 1_664_525;
const INCREMENT = 1_013_904_223;

/** Of each file, on a file system with blocks of 4 KiB: its block, inode and name. */
export const MANY_FILE_BYTES = 5200;

/**
 * Makes a tree of small text files of 100 to 2,000 bytes, a hundred in a folder.
 *
 * @param text - a long text file that the contents are cut from
 */
export function writeMany(folder: string, files: number, text: string): void {
  const source = readFileSync(text);
  let state = 1;
  const below = (limit: number): number => {
    state = (Math.imul(state, FACTOR) + INCREMENT) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  let leaf = folder;
  for (let index = 0; index < files; index += 1) {
    if (index % FILES_PER_FOLDER === 0) {
      const number = index / FILES_PER_FOLDER;
      leaf = join(folder, `part-${Math.floor(number / FILES_PER_FOLDER)}`, `folder-${number}`);
      mkdirSync(leaf, { recursive: true });
    }
    const bytes = LEAST_BYTES + below(MOST_BYTES - LEAST_BYTES);
    const at = below(source.length - bytes);
    writeFileSync(join(leaf, `file-${index}.txt`), source.subarray(at, at + bytes));
  }
}
