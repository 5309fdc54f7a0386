import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A new empty folder that is gone when the process ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rbbackup-test-'));
  if (made.length === 0) {
    process.once('exit', () => {
      for (const path of made) rmSync(path, { recursive: true, force: true });
    });
  }
  made.push(folder);
  return folder;
}
