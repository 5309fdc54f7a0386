/** Folders to back up: real files, and names that want to do harm. */

import { cpSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeNoise } from '../e2e/data.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const REAL_FOLDERS: readonly string[] = ['src/base', 'src/model', 'src/wire', 'docs/spec'];
const LONG_NAME_BYTES = 250;

/** Text names first, as they must be shown; then one that is no text. */
export const HOSTILE_NAMES: readonly string[] = [
  '<img src=x onerror=alert(1)>.txt',
  '"><script>alert(2)<\u2215script>',
  '\u202egnp.exe',
  'two\nlines',
  '\u001b[31mred',
  'javascript:alert(3)',
  '{{7*7}}${7*7}',
  'l'.repeat(LONG_NAME_BYTES),
];
const NO_TEXT = Buffer.from([0x6e, 0x6f, 0xff, 0xfe, 0x80]);

/** Some folders of this project: a few dozen files of text. */
export function writeDocuments(dir: string): void {
  mkdirSync(dir, { recursive: true });
  for (const name of REAL_FOLDERS) cpSync(join(ROOT, name), join(dir, name), { recursive: true });
}

/** One folder and one file of each hostile name, and one of bytes that are no UTF-8. */
export function writeHostile(dir: string): void {
  mkdirSync(dir, { recursive: true });
  for (const name of HOSTILE_NAMES) {
    writeFileSync(join(dir, name), `I am ${name}`);
    const folder = join(dir, `${name.slice(0, LONG_NAME_BYTES - 2)}.d`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'inside.txt'), 'inside');
  }
  writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), NO_TEXT]), 'not text');
}

/** Files that take a while at a limited rate. */
export function writeFilm(dir: string, files: number, bytesEach: number): void {
  for (let index = 0; index < files; index++)
    writeNoise(
      join(dir, `part-${String(index).padStart(3, '0')}.mov`),
      `${dir} ${index}`,
      bytesEach,
    );
}

/** Many names in folders of a thousand; those of a folder are one file, as that is made and read much sooner. */
export function writeMany(dir: string, files: number): void {
  const perFolder = 1000;
  for (let index = 0; index < files; index++) {
    const folder = join(dir, `folder-${String(Math.floor(index / perFolder)).padStart(3, '0')}`);
    const path = join(folder, `file-${String(index).padStart(6, '0')}.txt`);
    if (index % perFolder === 0) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, `${index}`);
    } else
      linkSync(
        join(folder, `file-${String(index - (index % perFolder)).padStart(6, '0')}.txt`),
        path,
      );
  }
}
