/** Everything that the killing needs besides its plan, made and taken away again. */

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { SharedArena } from '../../../src/base/shared-arena.ts';
import { createBundlePool } from '../../../src/chunk/bundles.ts';
import { AimBook } from './aims.ts';
import { Tally } from './tally.ts';
import { torment } from './torment.ts';
import type { Torment } from './torment.ts';
import { WorkBook, buildTracer } from './victim.ts';

/** How many kills are at steps, if that can be. */
const STEP_PERCENT = 70;
const ARENA_BYTES = 64 * 1024 * 1024;
const TELL_MS = 10_000;

/**
 * Kills until the plan is fulfilled.
 * @param say is given a line every ten seconds, and at each fault
 * @param report a file that the figures are written to whenever a line is said
 */
export async function kill(
  plan: Omit<Torment, 'books' | 'say' | 'signal'>,
  say: (line: string) => void,
  report?: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Tally> {
  const tracer = buildTracer(tmpdir());
  if ('why' in tracer) say(`${tracer.why}: processes are killed anywhere, not at chosen steps`);
  const tally = new Tally();
  const aims = new AimBook('why' in tracer ? 0 : STEP_PERCENT);
  const readers = createBundlePool(1);
  const tell = (): void => {
    say(tally.line());
    if (report !== undefined) tally.write(report, plan.seed, aims);
  };
  const timer = setInterval(tell, TELL_MS);
  const arena = new SharedArena(ARENA_BYTES);
  const path = 'path' in tracer ? tracer.path : '';
  try {
    const books = { aims, work: new WorkBook(), tally, tracer: path, readers, arena };
    await torment({ ...plan, books, say, signal });
    tell();
  } finally {
    clearInterval(timer);
    await readers.close();
    rmSync(path, { force: true });
  }
  return tally;
}
