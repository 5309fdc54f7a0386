import { spawn } from 'node:child_process';

/** A command that the bench needs for itself: nothing of it is timed. */
export interface ShellOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command to its end, with what it prints collected.
 *
 * @returns its stdout
 * @throws Error with the end of its stderr if it ends with anything but 0
 */
export async function run(
  command: string,
  parameters: readonly string[],
  options: ShellOptions = {},
): Promise<string> {
  const child = spawn(command, parameters, {
    cwd: options.cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => stdout.push(data));
  child.stderr.on('data', (data: Buffer) => stderr.push(data));
  const status = await new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  if (status === 0) return Buffer.concat(stdout).toString();
  const said = Buffer.concat([...stderr, ...stdout])
    .toString()
    .trim()
    .slice(-800);
  throw new Error(`${command} ${parameters.join(' ')} ended with ${status}: ${said}`);
}

/** Runs a line of `sh`, whose pipelines fail where any part of them fails. `$1` and on are the parameters. */
export function runShell(line: string, parameters: readonly string[] = []): Promise<string> {
  return run('bash', ['-euo', 'pipefail', '-c', line, 'bench', ...parameters]);
}
