/**
 * Loaded before everything else into each process and thread of a test. It writes down which mutants are reached and how
 * often, or, while one is switched on, makes an end of a loop that got endless.
 */

import { appendFileSync } from 'node:fs';
import process from 'node:process';

const { MUTATION_REACHED: reached, MUTATION_MOST_HITS: mostHits } = process.env;

/** The names that Stryker's switches look for. */
type Switches = {
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, never> };
  hitCount?: number;
  hitLimit?: number;
};

function reporting(file: string): Switches {
  const hits: Record<string, number> = {};
  const seen = new Proxy(hits, {
    set(_, id: string, count: number) {
      // At once, as a thread that is terminated has no last word.
      if (hits[id] === undefined) appendFileSync(file, `${id} 0\n`);
      hits[id] = count;
      return true;
    },
  });
  process.on('exit', () => {
    const lines = Object.entries(hits).map(([id, count]) => `${id} ${count}\n`);
    appendFileSync(file, lines.join(''));
  });
  return { mutantCoverage: { static: seen, perTest: {} } };
}

function limiting(hitLimit: number): Switches {
  return { hitCount: 0, hitLimit };
}

if (reached !== undefined) Object.assign(globalThis, { __stryker__: reporting(reached) });
else if (mostHits !== undefined) {
  Object.assign(globalThis, { __stryker__: limiting(Number(mostHits)) });
}
