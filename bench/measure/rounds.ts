import type { Runs } from '../report/result.ts';
import type { Sample } from './sample.ts';

/**
 * Runs each contender once, then each again, so that a change in the machine's mood meets them all. Each round begins with another
 * of them, since what comes first may find the machine otherwise than what comes second.
 * One that fails is left out from there on, and its earlier runs don't count.
 *
 * @param once - one run of one of them, round 0 and on
 */
export async function alternate<C extends { readonly name: string }>(
  contenders: readonly C[],
  rounds: number,
  log: (line: string) => void,
  once: (contender: C, round: number) => Promise<Sample>,
): Promise<Runs<C['name']>[]> {
  const samples = new Map<C['name'], Sample[]>();
  const failures = new Map<C['name'], string>();
  for (let round = 0; round < rounds; round += 1) {
    const first = (contenders.length - (round % contenders.length)) % contenders.length;
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const { name } = contender;
      if (failures.has(name)) continue;
      try {
        const sample = await once(contender, round);
        samples.set(name, [...(samples.get(name) ?? []), sample]);
        log(`  run ${round + 1} ${name} ${sample.seconds.toFixed(2)} s`);
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error);
        failures.set(name, failure);
        log(`  run ${round + 1} ${name} failed: ${failure}`);
      }
    }
  }
  return contenders.map(({ name }: { readonly name: C['name'] }) => {
    const failure = failures.get(name);
    return failure === undefined
      ? { name, samples: samples.get(name) ?? [] }
      : { name, samples: [], failure };
  });
}
