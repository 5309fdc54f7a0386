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
  kill: [
    'test/torture/kill/kill.ts',
    'every kind of process is killed, at each of its steps and anywhere',
  ],
  power: [
    'test/torture/power/power.ts',
    "the power of the hub's or a destination's machine is cut",
  ],
  clock: ['test/torture/clock/clock.ts', "everyone's clock is wrong by up to a year, and jumps"],
  disk: ['test/torture/disk/disk.ts', 'every call to the disk fails, with every error there is'],
  net: ['test/torture/net/net.ts', 'what networks do, to all who use one'],
  damage: ['test/torture/damage/damage.ts', 'all that is kept is damaged in every way'],
  many: ['test/torture/many/many.ts', 'many clients do random things, against a model'],
  fuzz: ['test/fuzz/fuzz.ts', 'every decoder and parser is given mutations, led by coverage'],
  mutation: [
    'test/mutation/mutation.ts',
    'the source is changed in one place; some test has to fail',
  ],
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
