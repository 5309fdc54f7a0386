/** Turns the events of node:test into a line a file, the details of failures, and totals. */

import type { TestsStream } from 'node:test';
import { relative } from 'node:path';
import process from 'node:process';
import { inspect } from 'node:util';

/** How many tests ended how. */
export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

interface FileState extends Totals {
  readonly failures: string[];
  readonly output: string[];
}

/** The part of an event of node:test that is used here; its types lack some of it. */
interface TestData {
  readonly name: string;
  readonly file?: string;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details: {
    readonly type?: string;
    readonly duration_ms: number;
    readonly error?: Error & { failureType?: string };
  };
}

/** @throws never; reports until the stream ends */
export async function reportTests(stream: TestsStream, root: string): Promise<Totals> {
  const files = new Map<string, FileState>();
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const stateOf = (file: string | undefined): FileState => {
    const key = file ?? '(no file)';
    let state = files.get(key);
    if (state === undefined) {
      state = { passed: 0, failed: 0, skipped: 0, failures: [], output: [] };
      files.set(key, state);
    }
    return state;
  };
  for await (const event of stream) {
    switch (event.type) {
      case 'test:pass':
      case 'test:fail':
        countTest(stateOf(event.data.file), event.type === 'test:pass', event.data);
        break;
      case 'test:stdout':
      case 'test:stderr':
        stateOf(event.data.file).output.push(event.data.message);
        break;
      case 'test:summary': {
        const { file, duration_ms: durationMs } = event.data;
        if (file === undefined) break;
        printFile(relative(root, file), stateOf(file), durationMs, totals);
        files.delete(file);
        break;
      }
      default:
    }
  }
  // A file that broke down before its summary.
  for (const [file, state] of files) {
    if (state.passed + state.failed + state.skipped > 0) {
      printFile(relative(root, file), state, Number.NaN, totals);
    }
  }
  return totals;
}

function countTest(state: FileState, passed: boolean, data: TestData): void {
  const { type, error, duration_ms: durationMs } = data.details;
  if (passed && type === 'suite') return;
  if (!passed && data.todo === undefined) {
    // The subtests that failed were counted and shown one by one.
    if (error?.failureType === 'subtestsFailed') return;
    state.failed += 1;
    const detail = inspect(error?.cause ?? error, { depth: 6 });
    state.failures.push(
      `  FAILED after ${(durationMs / 1000).toFixed(1)} s: ${data.name}\n${detail}`,
    );
    return;
  }
  if (data.skip !== undefined || data.todo !== undefined) state.skipped += 1;
  else state.passed += 1;
}

function printFile(name: string, state: FileState, durationMs: number, totals: Totals): void {
  totals.passed += state.passed;
  totals.failed += state.failed;
  totals.skipped += state.skipped;
  const count = state.passed + state.failed + state.skipped;
  const seconds = Number.isFinite(durationMs) ? `  ${(durationMs / 1000).toFixed(1)} s` : '';
  const skipped = state.skipped === 0 ? '' : `, ${state.skipped} skipped`;
  const verdict = state.failed === 0 ? 'ok  ' : 'FAIL';
  process.stdout.write(`${verdict} ${name}  ${count} tests${skipped}${seconds}\n`);
  if (state.failed === 0) return;
  for (const failure of state.failures)
    process.stdout.write(`${failure.replaceAll('\n', '\n    ')}\n`);
  if (state.output.length > 0) {
    process.stdout.write(
      `  It printed:\n    ${state.output.join('').replaceAll('\n', '\n    ')}\n`,
    );
  }
}
