/** The processes of the demonstration: started, listened to, and all ended in the end. */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '..');
const END_WITHIN_MS = 10_000;

/** Everything that runs in the background. */
const running = new Set<ChildProcess>();

/** Path of one of the two programs. */
export function programPath(name: 'rbbackup' | 'rbbackupd'): string {
  return join(ROOT, 'bin', name);
}

/** Runs a command to its end, its output on this terminal. @throws Error unless it ends with 0 */
export async function run(command: string, args: readonly string[]): Promise<void> {
  await ended(command, spawn(command, args, { stdio: 'inherit' }));
}

/** Runs a command to its end and returns what it wrote. @throws Error unless it ends with one of `good` */
export async function output(
  command: string,
  args: readonly string[],
  good: readonly number[] = [0],
): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  await ended(command, child, good);
  return text;
}

/**
 * Starts a program in the background, with --json.
 *
 * @returns once it has printed the event, with that object
 */
export async function start(
  command: string,
  args: readonly string[],
  event: string,
): Promise<Record<string, unknown>> {
  // A group of its own: Ctrl-C reaches this process alone, which ends the others in order.
  const child = spawn(command, [...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines = createInterface({ input: child.stdout });
  return await new Promise((found, failed) => {
    child.once('error', failed);
    child.once('exit', (status) =>
      failed(new Error(`${command} ended with ${status} before it was ready.`)),
    );
    lines.on('line', (line) => {
      const object = JSON.parse(line) as Record<string, unknown>;
      if (object['event'] === event) found(object);
    });
  });
}

/** Ends what runs in the background, and waits for it. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((child) => stop(child)));
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  const hard = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(hard);
}

async function ended(
  command: string,
  child: ChildProcess,
  good: readonly number[] = [0],
): Promise<void> {
  const [status] = (await once(child, 'close')) as [number | null];
  if (status === null || !good.includes(status))
    throw new Error(`${command} ended with ${status ?? 'a signal'}.`);
}
