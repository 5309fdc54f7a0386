import { test } from 'node:test';

import { readCorpus } from './engine/corpus.ts';
import { Fuzzer } from './engine/fuzzer.ts';
import { Random } from './engine/random.ts';
import { TARGETS } from './targets/targets.ts';

const SEED = 20_261_121;
const SHORT_RUNS = 3000;

for (const target of TARGETS) {
  test(`${target.name} withstands its corpus and mutations of it`, async () => {
    const fuzzer = new Fuzzer(target, new Random(SEED));
    for (const input of [...(await target.seeds()), ...readCorpus(target.name)]) {
      await fuzzer.add(input);
    }
    for (let left = target.shortRuns ?? SHORT_RUNS; left > 0; left--) await fuzzer.step();
    const [fault] = fuzzer.faults.values();
    if (fault === undefined) return;
    const shown = Buffer.from(fault.input).toString('base64');
    throw new Error(`of the input ${shown} in base64`, { cause: fault.error });
  });
}
