/**
 * Loaded before everything else into each process and thread of a test. It writes down which mutants are reached and how
 * often, or, while one is switched on, makes an end of a loop that got endless.
 */

import { appendFileSync } from 'node:fs';
import process from 'node:process';

const { MUTATION_REACHED: reached, MUTATION_MOST_HITS: mostHits } = process.env;

/** In place of a mutant: milliseconds of a processor that the process took. */
export const CPU = 'cpu';

/** The names that Stryker's switches look for. */
type Switches = {
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, never> };
  hitCount?: number;
  hitLimit?: number;
};

function reporting(file: string): Switches {
  // The first hit of each goes to the prototype, and is written at once, as a thread that is terminated has no last word.
  const first = new Proxy(
    {},
    {
      set(_, id: string, value: number, hits: object) {
        appendFileSync(file, `${id} 0\n`);
        const more = { writable: true, enumerable: true, configurable: true };
        return Reflect.defineProperty(hits, id, { value, ...more });
      },
    },
  );
  const hits: Record<string, number> = Object.create(first);
  process.on('exit', () => {
    const lines = Object.entries(hits).map(([id, count]) => `${id} ${count}\n`);
    const { user, system } = process.cpuUsage();
    appendFileSync(file, `${lines.join('')}${CPU} ${Math.round((user + system) / 1000)}\n`);
  });
  return { mutantCoverage: { static: hits, perTest: {} } };
}

function limiting(hitLimit: number): Switches {
  return { hitCount: 0, hitLimit };
}

if (reached !== undefined) Object.assign(globalThis, { __stryker__: reporting(reached) });
else if (mostHits !== undefined) {
  Object.assign(globalThis, { __stryker__: limiting(Number(mostHits)) });
}
