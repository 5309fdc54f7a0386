import { getHeapStatistics } from 'node:v8';

import { RbError } from '../../../src/base/errors.ts';
import { BUDGET, Broken } from './target.ts';
import type { FuzzTarget } from './target.ts';

/** What came over its budget is tried again: a collection of garbage or another program may have been in the way. */
const TRIES = 4;

/**
 * Gives a target one input.
 *
 * @returns the fault that it showed, or null
 */
export async function tryInput(target: FuzzTarget, input: Uint8Array): Promise<Error | null> {
  const budget = { ...BUDGET, ...target.budget };
  const mostBytes = budget.allocatedBytes + budget.allocatedPerByte * input.length;
  const mostMs = budget.ms + budget.msPerByte * input.length;
  let [leastBytes, leastMs] = [Infinity, Infinity];
  for (let tries = 1; tries <= TRIES; tries++) {
    const bytesBefore = usedBytes();
    const begun = performance.now();
    const fault = await faultOf(target, input);
    if (fault !== null) return fault;
    leastMs = Math.min(leastMs, performance.now() - begun);
    leastBytes = Math.min(leastBytes, usedBytes() - bytesBefore);
    if (leastMs <= mostMs && leastBytes <= mostBytes) return null;
  }
  const cost = leastMs > mostMs ? `${leastMs.toFixed(1)} ms` : `${leastBytes} bytes of memory`;
  return new Broken(`${input.length} bytes of input took ${cost}`);
}

async function faultOf(target: FuzzTarget, input: Uint8Array): Promise<Error | null> {
  try {
    const running = target.run(Uint8Array.from(input));
    // Most targets are synchronous, and a turn of the queue costs more than many an input.
    if (running !== undefined) await running;
    return null;
  } catch (error) {
    if (error instanceof RbError && target.codes.includes(error.code)) return null;
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** All that was allocated and not yet collected, array buffers too. */
function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}
