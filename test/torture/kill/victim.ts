/** A process that is started to be killed. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

import type { Program, Where } from '../../e2e/program.ts';
import type { Aim, Kind } from './aims.ts';

const LOOK_MS = 4;
const TRACER = new URL('kill-at-step.c', import.meta.url).pathname;

/**
 * Makes the program that kills others at a step.
 * @returns its path, or why there is none
 */
export function buildTracer(folder: string): { path: string } | { why: string } {
  if (process.platform !== 'linux') return { why: 'steps are seen on Linux alone' };
  const path = join(folder, `rbbackup-kill-at-step-${process.pid}`);
  const built = spawnSync('cc', ['-O1', '-o', path, TRACER], { encoding: 'utf8' });
  if (built.status !== 0)
    return { why: `there is no C compiler (${built.error?.message ?? built.stderr})` };
  // It must be allowed to trace, too.
  const tried = spawnSync(path, ['0', folder, '/dev/null', 'true'], { encoding: 'utf8' });
  return tried.status === 0 ? { path } : { why: `no process may be traced (${tried.stderr})` };
}

/** How to start what is to be killed there. @param log gets a line of the step at which it was */
export function whereFor(aim: Aim | null, tracer: string, folder: string, log: string): Where {
  if (aim?.at !== 'step') return { under: [] };
  return { under: [tracer, String(aim.n), `${folder}/`, log] };
}

/** What a whole run of each kind takes, learnt from those that came to their end. */
export class WorkBook {
  readonly #meanNs = new Map<Kind, number>();

  learn(kind: Kind, ns: number): void {
    const mean = this.#meanNs.get(kind) ?? ns;
    this.#meanNs.set(kind, mean + (ns - mean) / 4);
  }

  expectedNs(kind: Kind): number {
    return this.#meanNs.get(kind) ?? 250e6;
  }
}

/**
 * Kills a process when it has done enough.
 * @param isOver whether it is to live from now on
 */
export async function killAtWork(
  program: Program,
  kind: Kind,
  share: number,
  book: WorkBook,
  isOver: () => boolean,
): Promise<void> {
  const enoughNs = share * book.expectedNs(kind);
  let spentNs = 0;
  while (!isOver() && program.child.exitCode === null && program.child.signalCode === null) {
    spentNs = spentOf(program.pid) ?? spentNs;
    if (spentNs >= enoughNs) return await program.kill();
    await pause(LOOK_MS);
  }
  book.learn(kind, spentNs);
}

/** Of its main thread, on a processor. */
function spentOf(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[0]);
  } catch {
    return null;
  }
}

/** At which step a process was killed: the call, and what kind of file it was about. */
export function stepOf(log: string, dir: string): string | null {
  const [call = '', ...path] = readFileSync(log, 'utf8').trimEnd().split(' ');
  const short = path
    .join(' ')
    .slice(dir.length + 1)
    .replace(/[0-9a-f]{8,}/g, '*')
    .replace(/\d{2,}/g, '*')
    .replace(
      /^(?:d1\/ana@host-ana\/work|copy\/ana@host-ana\/work|restored)(?:\/(?!\.rbbackup).*)?$/,
      'the tree',
    );
  return `${call} ${short}`;
}
