/** Kills a running program exactly where it asks the system for something, by strace. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Why that can't be done here; false if it can. */
export function noKillAtCall(): string | false {
  const args = ['-qq', '-e', 'trace=none', '-e', 'inject=sync:signal=SIGKILL:when=9', 'true'];
  return spawnSync('strace', args).status === 0 ? false : 'strace is missing or may not trace';
}

/**
 * Kills a process when any of its threads makes the n-th of these system calls, counted from now on, before the call
 * is done.
 * @returns when the process is watched: what ends the watching
 */
export async function killAtCall(
  pid: number,
  calls: readonly string[],
  n: number,
): Promise<() => Promise<void>> {
  const names = calls.map((name) => `?${name}`).join(',');
  const inject = ['-e', `trace=${names}`, '-e', `inject=${names}:signal=SIGKILL:when=${n}`];
  const strace = spawn('strace', ['-f', '-o', '/dev/null', ...inject, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(strace, 'exit');
  // "strace: Process 123 attached with 13 threads"
  await once(strace.stderr.setEncoding('utf8'), 'data');
  strace.stderr.resume();
  return async () => {
    strace.kill('SIGTERM');
    await ended;
  };
}
