/** Builds the pages of a checkout that has none yet. */

import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { escapeText } from '../../base/names.ts';

/** The folder that `src` and `web` lie in. */
export const CHECKOUT: string = resolve(import.meta.dirname, '../../..');
const NEEDED = ['web', 'scripts/build-web.sh', 'node_modules/.bin/vite'];
const LONGEST_MS = 3 * 60 * 1000;

/** Builds `web/dist`, if what it takes is installed; whether it is there afterwards is for the caller to see. Logs, never throws. */
export async function buildPages(log: (message: string) => void): Promise<void> {
  try {
    await Promise.all(NEEDED.map((path) => access(join(CHECKOUT, path))));
  } catch {
    return;
  }
  const PATH = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  log('The pages of the console are being built, once.');
  try {
    await promisify(execFile)('sh', [join(CHECKOUT, 'scripts/build-web.sh')], {
      cwd: CHECKOUT,
      env: { ...process.env, PATH },
      timeout: LONGEST_MS,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(`The pages could not be built: ${escapeText(reason.trim().replaceAll('\n', ' | '))}`);
  }
}
