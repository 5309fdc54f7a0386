/** The static checks, in the order of what is cheapest to see first. */

import { spawnSync } from 'node:child_process';
import process from 'node:process';

interface Step {
  readonly name: string;
  /** A tool of node_modules/.bin, which scripts/run.sh put on the PATH. */
  readonly command: readonly [string, ...string[]];
}

const STEPS: readonly Step[] = [
  { name: 'types (tsc)', command: ['tsc', '--project', '.'] },
  { name: 'types of the pages (tsc)', command: ['tsc', '--project', 'web'] },
  {
    name: 'lint (oxlint)',
    command: [
      'oxlint',
      '--type-aware',
      '--deny-warnings',
      'src',
      'web',
      'test',
      'bench',
      'scripts',
    ],
  },
  {
    name: 'format (oxfmt)',
    command: ['oxfmt', '--check', 'src', 'web', 'test', 'bench', 'scripts'],
  },
  { name: 'dead code (knip)', command: ['knip', '--no-progress'] },
];

/**
 * Runs all checks, also after one has failed, and prints a line for each and the output of those that
 * failed.
 *
 * @param root - the checkout
 * @returns how many checks passed and failed
 */
export function runChecks(root: string): { passed: number; failed: number } {
  let failed = 0;
  for (const { name, command } of STEPS) {
    const startMs = performance.now();
    const [tool, ...parameters] = command;
    const result = spawnSync(tool, parameters, { cwd: root, encoding: 'utf8' });
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    const ok = result.status === 0;
    process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} check: ${name}  ${seconds} s\n`);
    if (ok) continue;
    failed += 1;
    const why = result.error === undefined ? '' : `${tool}: ${result.error.message}\n`;
    process.stdout.write(`${result.stdout ?? ''}${result.stderr ?? ''}${why}`);
  }
  return { passed: STEPS.length - failed, failed };
}
