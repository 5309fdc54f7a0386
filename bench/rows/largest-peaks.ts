import { MANY_FILE_BYTES } from '../data/many.ts';
import { HUGE_MIB, MANY_FILES, fittingMib } from '../data/scales.ts';
import type { Sample } from '../measure/sample.ts';
import { LIFE_SPACE, SMALL_FILES_LIFE_SPACE, liveThrough } from '../ours/life.ts';
import type { Life } from '../ours/life.ts';
import type { Result } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import type { Bench } from './row.ts';

const QUICK_FILES = 3000;
const QUICK_MIB = 128;

/**
 * P8 of the largest tree and the largest file: to a destination, again, and restored, once each. In memory where they fit, whatever
 * was asked for: a program's own memory is the same on disk, where a million files take ten minutes.
 */
export async function* largestPeaks(bench: Bench): AsyncGenerator<Result> {
  const { isQuick, where } = bench.options;
  if (where === 'disk') return;
  yield* peaksOfMany(bench, isQuick ? QUICK_FILES : MANY_FILES);
  const mib = isQuick ? QUICK_MIB : HUGE_MIB;
  yield* peaksOfHuge(bench, fittingMib(mib), mib);
}

async function* peaksOfMany(bench: Bench, files: number): AsyncGenerator<Result> {
  const { sources, log } = bench;
  const space = files * MANY_FILE_BYTES * SMALL_FILES_LIFE_SPACE;
  await using workspace = Workspace.open('tmpfs', space, log);
  const source = sources.makeMany(workspace.path, files);
  const life = await liveThrough(workspace, source);
  yield* peaksOfLife(nameOfMany(files), workspace, life, []);
}

async function* peaksOfHuge(bench: Bench, mib: number, wanted: number): AsyncGenerator<Result> {
  const { sources, log } = bench;
  await using workspace = Workspace.open('tmpfs', mib * 2 ** 20 * LIFE_SPACE, log);
  const source = sources.makeHuge(workspace.path, mib);
  const life = await liveThrough(workspace, source);
  const notes = mib < wanted ? [`scaled down from ${wanted / 1024} GiB to what fits here`] : [];
  yield* peaksOfLife(nameOfHuge(mib), workspace, life, notes);
}

/** What a life has to say to P8, by step. */
export function* peaksOfLife(
  name: string,
  { where }: Workspace,
  { sent, again, restored }: Life,
  notes: readonly string[],
): Generator<Result> {
  const steps: readonly (readonly [string, Sample])[] = [
    ['to 1 destination', sent],
    ['nothing changed', again],
    ['restore', restored],
  ];
  for (const [step, sample] of steps) {
    const runs = [{ name: 'ours', samples: [sample] }] as const;
    yield { row: 'P8', work: `${name}: ${step}`, where, runs, verdicts: [], notes };
  }
}

/** What the largest tree is called in the results. */
export function nameOfMany(files: number): string {
  return `many, ${files.toLocaleString('en')} files`;
}

/** And the largest file. */
export function nameOfHuge(mib: number): string {
  return `huge, ${mib / 1024} GiB`;
}
