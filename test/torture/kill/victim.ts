/** A process that is started to be killed. */

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import type { Program, Where } from '../../e2e/program.ts';
import type { Aim, Kind } from './aims.ts';

const LOOK_MS = 2;
/** The tracer writes down what it saw a moment after its victim is gone. */
const LOG_TRIES = 50;

/** How to start what is to be killed there. @param log for the tracer */
export function whereFor(aim: Aim | null, log: string): Where {
  if (aim?.at !== 'step') return { under: [] };
  const names = aim.calls.map((name) => `?${name}`).join(',');
  const inject = ['-e', `trace=${names}`, '-e', `inject=${names}:signal=SIGKILL:when=${aim.n}`];
  // -D: the tracer is the grandchild, so that what is started is a child of ours.
  return { under: ['strace', '-D', '-f', '--seccomp-bpf', '-qq', '-y', '-o', log, ...inject] };
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

/** At what the tracer saw a process die: the call, and what kind of file it was about; null if it saw no such thing. */
export async function stepOf(log: string, dir: string): Promise<string | null> {
  for (let tries = 0; tries < LOG_TRIES; tries++) {
    const lines = linesOf(log);
    if (lines.some((line) => line.includes('+++ killed by SIGKILL'))) {
      const call = lines.findLast((line) => /^\d+ +\w+\(/.test(line));
      return call === undefined ? null : placeOf(call, dir);
    }
    await pause(LOOK_MS);
  }
  return null;
}

function linesOf(log: string): string[] {
  try {
    return readFileSync(log, 'latin1').split('\n');
  } catch {
    return [];
  }
}

/** `fdatasync hub/packs/open-*.pack` */
function placeOf(call: string, dir: string): string {
  const name = /^\d+ +(\w+)\(/.exec(call)?.[1] ?? '';
  const [path] = /[<"](?:\/|socket|pipe|anon_inode)[^>"]*/.exec(call) ?? ['?relative'];
  const full = path.slice(1);
  if (!full.startsWith(dir)) return `${name} ${full.split(':')[0]?.replace(/^\/(?:dev|tmp|work|root|home).*/, 'elsewhere')}`;
  const short = full
    .slice(dir.length + 1)
    .replace(/[0-9a-f]{8,}/g, '*')
    .replace(/\/\.([a-z-]+\.json)\.\*\.tmp/, '/.$1.tmp')
    .replace(/^(?:d1\/ana@host-ana\/work|copy\/ana@host-ana\/work|restored)(?:\/(?!\.rbbackup).*)?$/, 'the tree');
  return `${name} ${short}`;
}
