/** The thread that fuzzes one target; fuzz.ts starts it and watches over it. */

import { parentPort as port, workerData } from 'node:worker_threads';

import { readCorpus, writeCorpus } from './engine/corpus.ts';
import { Coverage } from './engine/coverage.ts';
import { Fuzzer, minimise } from './engine/fuzzer.ts';
import type { Watch } from './engine/fuzzer.ts';
import { instrumentSource, PLACES } from './engine/instrument.ts';
import { Random } from './engine/random.ts';
import type { FuzzReport, FuzzWork } from './engine/work.ts';

const work = workerData as FuzzWork;
const KEPT_BYTES = 1024;
const MOST_KEPT = 120;

instrumentSource();
// Only now, so that it is instrumented.
const { TARGETS } = await import('./targets/targets.ts');

const target = TARGETS.find(({ name }) => name === work.target);
if (target === undefined) throw new RangeError(`there is no target ${work.target}`);
const counters = (): number => PLACES.length;
const watch: Watch = { coverage: new Coverage(), counters };
const beat = new Int32Array(work.current, 0, 2);
const room = new Uint8Array(work.current, 8);

/** Leaves what is tried where the other thread finds it, should this one never come back. */
function note(input: Uint8Array): void {
  room.set(input.subarray(0, room.length));
  Atomics.store(beat, 1, Math.min(input.length, room.length));
  Atomics.add(beat, 0, 1);
}

const fuzzer = new Fuzzer(target, new Random(work.seed), watch, note);
const begun = performance.now();
const given = [...(await target.seeds()), ...readCorpus(target.name)];
for (const input of given) await fuzzer.add(input);
// One that reaches nothing new may still lead somewhere.
if (fuzzer.pool.length === 0) fuzzer.pool.push(...given);
while (performance.now() - begun < work.ms) await fuzzer.step();

if (work.keep) {
  const least = await minimise(target, fuzzer.pool, { coverage: new Coverage(), counters });
  writeCorpus(target.name, least.filter(({ length }) => length <= KEPT_BYTES).slice(0, MOST_KEPT));
}
const own = PLACES.map((place, counter) => ({ ...place, isReached: watch.coverage.has(counter) }));
const covered = own.filter(({ file }) => target.covers.includes(file));
const report: FuzzReport = {
  runs: fuzzer.runs,
  pool: fuzzer.pool.length,
  reached: covered.filter(({ isReached }) => isReached).length,
  places: covered.length,
  missed: covered.filter(({ isReached }) => !isReached).map(({ file, line }) => `${file}:${line}`),
  faults: [...fuzzer.faults.values()].map(({ input, error }) => ({
    input: Buffer.from(input).toString('base64'),
    stack: error.stack ?? String(error),
  })),
};
port?.postMessage(report);
