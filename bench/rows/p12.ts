import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { USER, HOST, configOf, logIn } from '../ours/client.ts';
import { Hub } from '../ours/hub.ts';
import { RBBACKUP } from '../ours/program.ts';
import { atMost } from '../report/reading.ts';
import { Workspace } from '../workspace.ts';
import type { Row } from './row.ts';

const RUNS = 10;
const QUICK_RUNS = 3;
const FILES = 20;
const SPACE_BYTES = 50e6;
const MOST_MS = 150;

/** From a command's start to its first byte of output. */
export const p12: Row = {
  id: 'P12',
  async *run(bench) {
    const { isQuick, contenders, where } = bench.options;
    if (!contenders.includes('ours')) return;
    await using workspace = Workspace.open(where, SPACE_BYTES, bench.log);
    const source = join(workspace.path, 'small');
    mkdirSync(source);
    for (let index = 0; index < FILES; index += 1) {
      writeFileSync(join(source, `file-${index}`), `This is file ${index}.\n`.repeat(20));
    }
    const hub = await Hub.start(workspace.path, 0);
    const config = configOf(workspace.path, 'origin');
    try {
      await logIn(config, hub.port);
      const at = ['--server', `127.0.0.1:${hub.port}`, '--name', USER, '--host', HOST];
      const common = [...at, '--config', config];
      const commands: readonly (readonly [string, readonly string[]])[] = [
        ['--help', ['--help']],
        ['backup', ['-rd', source, ...common]],
        ['status', ['status', ...common]],
        ['snapshots', ['snapshots', ...common]],
      ];
      const times = commands.map((): number[] => []);
      for (let run = 0; run < (isQuick ? QUICK_RUNS : RUNS); run += 1) {
        for (const [index, [, parameters]] of commands.entries()) {
          times[index]?.push(await firstOutputMs(parameters));
        }
      }
      const readings = commands.map(
        ([what], index) => ({ what, unit: 'ms', values: times[index] ?? [] }) as const,
      );
      yield {
        row: 'P12',
        work: 'a command to its first output',
        where: workspace.where,
        runs: [],
        readings,
        verdicts: readings.map((reading) => atMost(reading, MOST_MS)),
        notes: [],
      };
    } finally {
      await hub.stop();
    }
  },
};

/** @throws Error if the command fails */
async function firstOutputMs(parameters: readonly string[]): Promise<number> {
  const startMs = performance.now();
  const child = spawn(RBBACKUP, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let firstMs: number | null = null;
  let said = '';
  child.stdout.on('data', () => {
    firstMs ??= performance.now() - startMs;
  });
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status === 0 && firstMs !== null) return firstMs;
  throw new Error(`rbbackup ${parameters.join(' ')} ended with ${String(status)}: ${said}`);
}
