import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import process from 'node:process';

/** The checkout that is measured. */
export const ROOT: string = resolve(import.meta.dirname, '../..');

/** What a user would type: the launchers, whose own time counts. */
export const RBBACKUP: string = join(ROOT, 'bin/rbbackup');
export const RBBACKUPD: string = join(ROOT, 'bin/rbbackupd');

/** One line of a program's `--json` output. */
export type JsonLine = Readonly<Record<string, unknown>>;

/**
 * The last line, which must be a `done` that went well.
 *
 * @throws Error with what the program said instead
 */
export function doneOf(stdout: string): JsonLine {
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const line = last === '' ? {} : (JSON.parse(last) as JsonLine);
  if (line['event'] === 'done' && line['ok'] === true) return line;
  throw new Error(`There is no good done line; the last is: ${last}`);
}

/** Starts a program that goes on until it is told to stop, and waits for its first line of JSON. */
export async function startServer(
  command: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{
  readonly pid: number;
  readonly first: JsonLine;
  stop(): Promise<void>;
  kill(): void;
}> {
  const child = spawn(command, parameters, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-800);
  });
  const exited = new Promise<void>((done) => child.once('close', () => done()));
  const first = await new Promise<JsonLine>((accept, reject) => {
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      // After the first line the output is still read, so that the program never blocks on it.
      if (text.includes('\n')) return;
      text += data.toString();
      const end = text.indexOf('\n');
      if (end >= 0) accept(JSON.parse(text.slice(0, end)) as JsonLine);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  return {
    pid: child.pid ?? 0,
    first,
    kill,
    async stop(): Promise<void> {
      child.kill('SIGTERM');
      // cli.md: it ends within 10 s.
      const late = setTimeout(kill, 15_000);
      await exited;
      clearTimeout(late);
    },
  };
}
