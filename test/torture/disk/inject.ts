/** Makes system calls of a running program fail, by strace, and takes that back. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';

/** What is done to which calls, as `-e inject=` of strace(1) has it: `error=EIO`, `delay_exit=3000000`. */
export type Injection = {
  readonly calls: readonly string[];
  readonly how: string;
  /** The n-th of these calls of each thread; with a `+` behind it that one and all later. */
  readonly when: string;
};

/** A fault that is there. */
export type Injected = {
  /** Takes it back. @returns how many calls it has hit */
  release(): Promise<number>;
};

/** Why nothing can be injected here; false if it can. */
export function noInjection(): string | false {
  const args = ['-qq', '-e', 'trace=none', '-e', 'inject=sync:error=EIO:when=9', 'true'];
  return spawnSync('strace', args).status === 0 ? false : 'strace is missing or may not trace';
}

/** The parameters of strace(1) for it; what it hits is written to a file. */
export function straceArgs(log: string, { calls, how, when }: Injection): string[] {
  // A question mark: not every machine has every call.
  const names = calls.map((name) => `?${name}`).join(',');
  const inject = ['-e', `trace=${names}`, '-e', `inject=${names}:${how}:when=${when}`];
  return ['-f', '-o', log, '-e', 'signal=none', ...inject];
}

/** @param log a file for strace that is gone afterwards */
export async function injectInto(
  pid: number,
  log: string,
  injection: Injection,
): Promise<Injected> {
  const strace = spawn('strace', [...straceArgs(log, injection), '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(strace, 'exit');
  // "strace: Process 123 attached with 13 threads"
  await once(strace.stderr.setEncoding('utf8'), 'data');
  strace.stderr.resume();
  return {
    release: async () => {
      strace.kill('SIGTERM');
      await ended;
      return await hitsIn(log);
    },
  };
}

/** How many calls strace says it has changed; the file is gone then. */
export async function hitsIn(log: string): Promise<number> {
  const text = await readFile(log, 'utf8').catch(() => '');
  await rm(log, { force: true });
  return text.split(/\((?:INJECTED|DELAYED)\)/).length - 1;
}

/** From now on a process can open no more files: the numbers that are free are beyond what it may have. */
export function lackFiles(pid: number): Injected {
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
  const before = /^Max open files +(\d+)/m.exec(limits)?.[1] ?? '1024';
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (open.has(free)) free++;
  limitFiles(pid, String(free));
  return {
    release: async () => {
      limitFiles(pid, before);
      return 1;
    },
  };
}

function limitFiles(pid: number, soft: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`]);
  assert.equal(status, 0, String(stderr));
}
