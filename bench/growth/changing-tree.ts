import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = 10;
const FILES_PER_FOLDER = 30;
const CHANGED_FILES = 3;
const LINES = 80;

/** Makes a small tree, or makes it anew: 300 files of some 4 KB, like those of no other step. */
export function makeChangingTree(folder: string, step: number = 0): void {
  for (let number = 0; number < FOLDERS * FILES_PER_FOLDER; number += 1) {
    writeNumbered(folder, number, step);
  }
}

/** Changes three of its files, others with every step; a step's content is like no other's. */
export function changeTree(folder: string, step: number): void {
  for (let index = 0; index < CHANGED_FILES; index += 1) {
    writeNumbered(folder, (step * CHANGED_FILES + index) % (FOLDERS * FILES_PER_FOLDER), step);
  }
}

function writeNumbered(folder: string, number: number, step: number): void {
  const parent = join(folder, `folder-${number % FOLDERS}`);
  mkdirSync(parent, { recursive: true });
  const text = `File ${number} as it was at step ${step}: a line of it.\n`.repeat(LINES);
  writeFileSync(join(parent, `file-${number}.txt`), text);
}
