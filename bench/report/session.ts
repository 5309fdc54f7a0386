import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import process from 'node:process';

import { run } from '../measure/shell.ts';
import type { Options } from '../options.ts';
import { ROOT } from '../ours/program.ts';

/** One command of the bench: what its results have in common. */
export interface Session {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly isQuick: boolean;
  readonly runs: number;
  /** Commit of the checkout, with a `+` where files of the programs differ from it. */
  readonly commit: string;
  readonly machine: string;
  readonly versions: string;
  /** Load average of the minute before; above some tenths the machine had other work. */
  readonly load: number;
}

/** Describes the command that is about to run, the machine and the programs. */
export async function describeSession(options: Options): Promise<Session> {
  return {
    startedAt: new Date().toISOString().slice(0, 16) + 'Z',
    isQuick: options.isQuick,
    runs: options.runs,
    commit: await describeCommit(),
    machine: describeMachine(),
    versions: await describeVersions(),
    load: loadavg()[0] ?? 0,
  };
}

async function describeCommit(): Promise<string> {
  const commit = await run('git', ['-C', ROOT, 'rev-parse', '--short', 'HEAD']);
  const changed = await run('git', ['-C', ROOT, 'status', '--porcelain', '--', 'src', 'bin']);
  return `${commit.trim()}${changed === '' ? '' : '+'}`;
}

function describeMachine(): string {
  const processors = cpus();
  const system = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return [
    `${processors.length} cores (${processors[0]?.model ?? 'unknown'})`,
    `${(totalmem() / 2 ** 30).toFixed(1)} GiB of memory`,
    `${system ?? 'Linux'}, kernel ${release()}`,
  ].join(', ');
}

/** Debian 12's peers are old; the page says so by saying which they are. */
async function describeVersions(): Promise<string> {
  const rsync = firstLine(await run('rsync', ['--version']));
  const restic = firstLine(await run('restic', ['version']));
  const borg = firstLine(await run('borg', ['--version']));
  const ssh = firstLine(await run('sh', ['-c', 'ssh -V 2>&1']));
  const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
    version: string;
  };
  const ours = `rbbackup ${version} on Node ${process.versions.node}`;
  return [ours, rsync.replace(/ +protocol.*/, ''), restic, borg, ssh].join('; ');
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.replaceAll(/ +/g, ' ').trim() ?? '';
}
