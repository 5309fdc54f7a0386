import { readFile } from 'node:fs/promises';

import { RbError, systemCodeOf } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import type { ExcludeSource } from './backup-options.ts';

/**
 * The patterns of `--exclude` and `--exclude-from` in their order; those of a file stand where the file was named.
 *
 * @throws RbError `not-found` for a file that can't be read
 */
export async function readExcludes(sources: readonly ExcludeSource[]): Promise<string[]> {
  const patterns: string[] = [];
  for (const { kind, text } of sources) {
    if (kind === 'pattern') patterns.push(text);
    else patterns.push(...(await readPatterns(text)));
  }
  return patterns;
}

async function readPatterns(path: string): Promise<string[]> {
  try {
    const text = await readFile(path, 'utf8');
    return text
      .replace(/^\ufeff/, '')
      .split(/\r?\n/)
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch (cause) {
    const why = systemCodeOf(cause) ?? 'unknown error';
    throw new RbError(
      'not-found',
      `The file of patterns ${escapeName(path)} can't be read (${why}); check --exclude-from.`,
      { cause },
    );
  }
}
