import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onExit } from './cleanup.ts';

/** How a command is to be started. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit statuses that count as success; 0 unless given. */
  readonly accept?: readonly number[];
}

/** What a command's run came to. */
export interface CommandResult {
  readonly seconds: number;
  /** User and system time, of its children too. */
  readonly cpuSeconds: number;
  /** Largest resident size of the command or any one of its children, as the kernel kept it. */
  readonly peakBytes: number;
  readonly stdout: string;
  /** When it was gone, by `performance.now()`. */
  readonly endMs: number;
}

/** A command that is under way. */
export interface RunningCommand {
  /** Rejects with the end of stderr if it ends with a status that isn't accepted. */
  readonly ended: Promise<CommandResult>;
  /** Sends a signal to it and all it started. */
  stop(signal?: NodeJS.Signals): void;
}

/**
 * Starts a command under GNU time, whose figures are those of wait4(2): exact, where sampling /proc
 * would miss the end. The clock starts before the process does and stops when it is gone.
 */
export function startCommand(
  command: string,
  parameters: readonly string[],
  options: CommandOptions = {},
): RunningCommand {
  const folder = mkdtempSync(join(tmpdir(), 'rbbackup-bench-time-'));
  const figures = join(folder, 'figures');
  const startMs = performance.now();
  const child = spawn(
    '/usr/bin/time',
    ['-q', '-f', '%U %S %M', '-o', figures, '--', command, ...parameters],
    {
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a signal reaches the command and not only the one that times it.
      detached: true,
    },
  );
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): void => signalGroup(child, signal);
  const forget = onExit(() => stop('SIGKILL'));
  const ended = collect(
    child,
    startMs,
    `${command} ${parameters.join(' ')}`,
    figures,
    options,
  ).finally(() => {
    forget();
    rmSync(folder, { recursive: true, force: true });
  });
  // It is awaited later, often after others that may fail first.
  ended.catch(() => undefined);
  return { ended, stop };
}

/** Runs a command as `startCommand` does, to its end. */
export function timeCommand(
  command: string,
  parameters: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return startCommand(command, parameters, options).ended;
}

async function collect(
  child: ChildProcess,
  startMs: number,
  line: string,
  figures: string,
  options: CommandOptions,
): Promise<CommandResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (data: Buffer) => stdout.push(data));
  child.stderr?.on('data', (data: Buffer) => stderr.push(data));
  let endMs = 0;
  child.once('exit', () => {
    endMs = performance.now();
  });
  const status = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  if (typeof status !== 'number' || !(options.accept ?? [0]).includes(status)) {
    const said = Buffer.concat([...stdout, ...stderr])
      .toString()
      .trim()
      .slice(-800);
    throw new Error(`${line} ended with ${status}: ${said}`);
  }
  const [user, system, peakKib] = readFileSync(figures, 'utf8').trim().split(' ').map(Number);
  return {
    seconds: (endMs - startMs) / 1000,
    cpuSeconds: (user ?? Number.NaN) + (system ?? Number.NaN),
    peakBytes: (peakKib ?? Number.NaN) * 1024,
    stdout: Buffer.concat(stdout).toString(),
    endMs,
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended in between.
  }
}
