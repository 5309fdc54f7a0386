import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { CopiedFiles } from './copied-files.ts';

/**
 * A private folder for the lists of copied files, below the configuration: a temporary one may be in memory. Only one
 * console has it at a time.
 */
export class ListsFolder {
  readonly #path: string;
  #count = 0;

  /** Removes what a crash left behind. */
  constructor(configDir: string) {
    this.#path = join(configDir, 'gui-lists');
    this.remove();
    mkdirSync(this.#path, { mode: 0o700 });
  }

  make(): CopiedFiles {
    return new CopiedFiles(join(this.#path, `${++this.#count}.db`));
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true, maxRetries: 3 });
  }
}
