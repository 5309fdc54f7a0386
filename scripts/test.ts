/**
 * `npm test`: the static checks and every test. `npm test -- test/wire` runs the tests below one folder,
 * or of one file, without the checks. The last line is `N passed, N failed`; the exit status is 0 only
 * if nothing failed.
 */

import { globSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import process from 'node:process';
import { run } from 'node:test';

import { runChecks } from './check-steps.ts';
import { reportTests } from './test-report.ts';
import { ensureTestTools } from './test-tools.ts';

/** Two, as the machines of continuous integration have two processors. */
const FILES_AT_ONCE = 2;
const TEST_TIMEOUT_MS = 10 * 60 * 1000;

const root = resolve(import.meta.dirname, '..');
const asked = process.argv.slice(2).map((path) => relative(root, resolve(root, path)));

function isAsked(file: string): boolean {
  return asked.length === 0 || asked.some((path) => file === path || file.startsWith(`${path}/`));
}

const files = globSync('test/**/*.test.ts', { cwd: root }).filter(isAsked).toSorted();
const checks = asked.length === 0 ? runChecks(root) : { passed: 0, failed: 0 };
if (files.length === 0) {
  process.stdout.write(`There is no test file under ${asked.join(' ')}.\n`);
  checks.failed += 1;
}

ensureTestTools();
const stream = run({
  files: files.map((file) => resolve(root, file)),
  cwd: root,
  concurrency: FILES_AT_ONCE,
  execArgv: [
    '--disable-warning=ExperimentalWarning',
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    `--import=${new URL('file-deadline.ts', import.meta.url).href}`,
  ],
});
const tests = await reportTests(stream, root);
const failed = checks.failed + tests.failed;
const skipped = tests.skipped === 0 ? '' : `, ${tests.skipped} skipped`;
process.stdout.write(`${checks.passed + tests.passed} passed, ${failed} failed${skipped}\n`);
process.exitCode = failed === 0 ? 0 : 1;
