/**
 * `npm run torture -- NAME`: the long versions of what `npm test` runs for seconds. Each is seeded (`--seed N`; it prints
 * the one it chose), bounded (`--minutes N`), and ends with status 1 at a fault.
 */

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';

const root = resolve(import.meta.dirname, '..');

/** By name: the program, and what it does. */
const TORTURES: Readonly<Record<string, readonly [program: string, does: string]>> = {
  fuzz: ['test/fuzz/fuzz.ts', 'every decoder and parser is given mutations, led by coverage'],
};

const [name = '', ...rest] = process.argv.slice(2);
const [program] = Object.hasOwn(TORTURES, name) ? (TORTURES[name] ?? []) : [];
if (program === undefined) {
  const list = Object.entries(TORTURES).map(
    ([known, [, does]]) => `  ${known.padEnd(10)} ${does}\n`,
  );
  process.stdout.write(`npm run torture -- NAME [--minutes N] [--seed N]\n${list.join('')}`);
  process.exitCode = 2;
} else {
  const options = ['--disable-warning=ExperimentalWarning', resolve(root, program), ...rest];
  const child = spawn(process.execPath, options, { cwd: root, stdio: 'inherit' });
  child.once('exit', (status) => (process.exitCode = status ?? 1));
}
