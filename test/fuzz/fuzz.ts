/**
 * `npm run torture -- fuzz`: every decoder and parser is given mutations of a corpus that grows by whatever reaches
 * something new in the code. `--keep` writes the corpus, `--target NAME` takes one alone, `--missed` shows what no input
 * reached.
 */

import process from 'node:process';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

import type { FuzzTarget } from './engine/target.ts';
import type { FuzzReport, FuzzWork } from './engine/work.ts';
import { TARGETS } from './targets/targets.ts';

/** No input may take longer. */
const HANG_MS = 60_000;
const INPUT_BYTES = 64 * 1024;
const MOST_FRAMES = 6;
const MOST_SLOW_RUNS = 100;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    target: { type: 'string', multiple: true },
    keep: { type: 'boolean', default: false },
    missed: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
const chosen = TARGETS.filter(
  ({ name }) => values.target === undefined || values.target.includes(name),
);
const shares = chosen.reduce((sum, target) => sum + shareOf(target), 0);
const shareMs = (Number(values.minutes) * 60_000) / Math.max(1, shares);
process.stdout.write(`seed ${seed}, ${chosen.length} targets\n`);

let faults = 0;
for (const one of chosen) {
  const target = one.name;
  const ms = shareMs * shareOf(one);
  const current = new SharedArrayBuffer(8 + INPUT_BYTES);
  const report = await fuzzed({ target, seed, ms, keep: values.keep, current });
  faults += report.faults.length;
  const share = ((100 * report.reached) / Math.max(1, report.places)).toFixed(1);
  const line = `${report.runs} runs, pool ${report.pool}, ${share} % of ${report.places} places`;
  process.stdout.write(`${target.padEnd(24)} ${line}\n`);
  if (values.missed) process.stdout.write(`  ${[...new Set(report.missed)].join('\n  ')}\n`);
  for (const { input, stack } of report.faults) {
    const shown = stack.split('\n').slice(0, MOST_FRAMES).join('\n    ');
    process.stdout.write(`  FAULT ${shown}\n    input (base64): ${input}\n`);
  }
}
process.stdout.write(`${chosen.length} targets, ${faults} faults\n`);
process.exitCode = faults === 0 && chosen.length > 0 ? 0 : 1;

/** Those that work on files get more of the time. */
function shareOf({ shortRuns = Infinity }: FuzzTarget): number {
  return shortRuns > MOST_SLOW_RUNS ? 1 : 3;
}

/** One target in a thread of its own, which is ended if it hangs. */
async function fuzzed(work: FuzzWork): Promise<FuzzReport> {
  const worker = new Worker(new URL('fuzz-worker.ts', import.meta.url), { workerData: work });
  const beat = new Int32Array(work.current, 0, 2);
  let last = -1;
  try {
    return await new Promise<FuzzReport>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.once('exit', () => reject(new Error('the thread ended without a word')));
      const look = setInterval(() => {
        if (beat[0] === last) resolve(unfinished(work, `nothing came of it in ${HANG_MS} ms`));
        last = beat[0] ?? 0;
      }, HANG_MS);
      worker.once('exit', () => clearInterval(look));
    });
  } catch (error) {
    return unfinished(
      work,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  } finally {
    await worker.terminate();
  }
}

/** What is left of a thread that hung or died: the input that it had. */
function unfinished({ current }: FuzzWork, stack: string): FuzzReport {
  const [runs = 0, length = 0] = new Int32Array(current, 0, 2);
  const input = Buffer.from(new Uint8Array(current, 8, length)).toString('base64');
  return { runs, pool: 0, reached: 0, places: 0, missed: [], faults: [{ input, stack }] };
}
