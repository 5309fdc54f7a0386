/**
 * `npm run torture -- mutation`: changes the source of a room in one place at a time, as Stryker proposes it, and looks
 * whether a test fails. `--room NAME` takes one room, `--sample N` only so many of its mutants, `--file PART` only those of
 * files with that in their path, `--report FILE` writes each result as a line of JSON and goes on where that file ends,
 * `--again FILE` tries only what survived in such a report, `--jobs N` so many at a time.
 */

import {
  appendFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { availableParallelism, setPriority, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { Random } from '../fuzz/engine/random.ts';
import { instrument, stopCounting } from './instrument.ts';
import { describe, type Fate, type Mutant, nameOf, type Result } from './mutant.ts';
import { type Room, ROOMS } from './rooms.ts';
import { Tester } from './tester.ts';

const PROGRESS_MS = 15_000;
const NICE = 15;
/** More than there are processors: a test that waits in vain waits long. */
const MORE_JOBS = 2;

const root = resolve(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '600' },
    seed: { type: 'string' },
    sample: { type: 'string' },
    room: { type: 'string', multiple: true },
    file: { type: 'string', default: '' },
    report: { type: 'string' },
    again: { type: 'string' },
    jobs: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
const endsAt = performance.now() + Number(values.minutes) * 60_000;
const jobs = Number(values.jobs ?? availableParallelism() + MORE_JOBS);
setPriority(NICE);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
process.stdout.write(`seed ${seed}\n`);

const rooms = Object.entries(ROOMS).filter(([name]) => values.room?.includes(name) ?? true);
if (rooms.length === 0) throw new Error(`There is no room ${values.room?.join(' ')}.`);
for (const [name, room] of rooms) await tryRoom(name, room);

async function tryRoom(name: string, room: Room): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'rbm-'));
  const leave = (): void => rmSync(copy, { recursive: true, force: true });
  process.once('exit', leave);
  copyProject(copy);
  const mutants = await instrument(name, root, copy);
  const chosen = choose(mutants);
  const tester = new Tester(copy);
  process.prependOnceListener('exit', () => tester.stop());
  if (!tester.isFenced)
    process.stdout.write('Not root: what changed code writes and deletes is not fenced in.\n');
  await tester.learn(testsOf(room));
  stopCounting(name, copy);
  const results = await tryAll(name, tester, chosen);
  process.off('exit', leave);
  leave();
  conclude(name, room, mutants.length, results);
}

/** Modules are found by their real path, so whatever imports from src has to be a copy too. */
function copyProject(copy: string): void {
  for (const entry of readdirSync(root)) {
    if (entry === '.git') continue;
    if (entry === 'node_modules') symlinkSync(join(root, entry), join(copy, entry));
    else cpSync(join(root, entry), join(copy, entry), { recursive: true });
  }
}

function testsOf({ tests }: Room): string[] {
  const isTest = (file: string): boolean =>
    tests.some((one) => file === one || file.startsWith(`${one}/`));
  return globSync('test/**/*.test.ts', { cwd: root }).filter(isTest).toSorted();
}

function choose(mutants: readonly Mutant[]): Mutant[] {
  const survivors = values.again === undefined ? null : survivorsOf(values.again);
  const asked = mutants.filter(
    (mutant) => mutant.file.includes(values.file) && (survivors?.has(nameOf(mutant)) ?? true),
  );
  // Always in the order of the lot: what was tried until the time is over is a sample too.
  const random = new Random(seed);
  const drawn = asked.map((mutant) => ({ mutant, lot: random.next() }));
  const inOrder = drawn.toSorted((a, b) => a.lot - b.lot).map(({ mutant }) => mutant);
  return inOrder.slice(0, values.sample === undefined ? undefined : Number(values.sample));
}

function readReport(report: string): Result[] {
  if (!existsSync(report)) return [];
  const lines = readFileSync(report, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Result);
}

function survivorsOf(report: string): Set<string> {
  return new Set(
    readReport(report)
      .filter(({ fate }) => fate === 'survived' || fate === 'unreached')
      .map(({ mutant }) => nameOf(mutant)),
  );
}

async function tryAll(name: string, tester: Tester, chosen: readonly Mutant[]): Promise<Result[]> {
  const earlier = values.report === undefined ? [] : readReport(values.report);
  const names = new Set(chosen.map(nameOf));
  const results = earlier.filter(({ mutant }) => names.delete(nameOf(mutant)));
  const waiting = chosen.filter((mutant) => names.has(nameOf(mutant))).values();
  const work = async (): Promise<void> => {
    for (const mutant of waiting) {
      if (performance.now() > endsAt) return;
      const result = await tester.try(mutant);
      results.push(result);
      if (values.report !== undefined) appendFileSync(values.report, `${JSON.stringify(result)}\n`);
    }
  };
  const progress = setInterval(() => {
    process.stdout.write(`  ${results.length} of ${chosen.length}: ${figuresOf(results)}\n`);
  }, PROGRESS_MS);
  process.stdout.write(`${name}: ${chosen.length} mutants\n`);
  await Promise.all(Array.from({ length: jobs }, work));
  clearInterval(progress);
  return results;
}

function count(results: readonly Result[], ...fates: readonly Fate[]): number {
  return results.filter(({ fate }) => fates.includes(fate)).length;
}

function scoreOf(results: readonly Result[]): number {
  return (100 * count(results, 'killed', 'timeout')) / Math.max(1, results.length);
}

function figuresOf(results: readonly Result[]): string {
  const fates: readonly Fate[] = ['killed', 'timeout', 'survived', 'unreached'];
  return fates.map((fate) => `${count(results, fate)} ${fate}`).join(', ');
}

function conclude(name: string, room: Room, all: number, results: readonly Result[]): void {
  for (const { mutant, fate } of results) {
    if (fate === 'survived' || fate === 'unreached') {
      process.stdout.write(`  ${fate.toUpperCase()} ${describe(mutant)}\n`);
    }
  }
  const score = scoreOf(results);
  const tried = `${results.length} of ${all} mutants`;
  process.stdout.write(`${name}: ${tried}, ${figuresOf(results)}, score ${score.toFixed(1)} %\n`);
  const { leastScore = 0 } = room;
  const isWhole = results.length === all;
  if (isWhole && score < leastScore) {
    process.stdout.write(
      `The score of ${name} was at least ${leastScore} % before; seed ${seed}.\n`,
    );
    process.exitCode = 1;
  }
}
