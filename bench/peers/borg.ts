import { join } from 'node:path';

import type { Contender, Store } from '../contender.ts';
import { sizeOf } from '../measure/folder.ts';
import type { Sample } from '../measure/sample.ts';
import { run } from '../measure/shell.ts';
import { timeCommand } from '../measure/timed-command.ts';
import { asSample } from './rsync.ts';

/**
 * borg with a local repository and its default compression, lz4. Without encryption, its fastest way:
 * our vault isn't encrypted either.
 */
export const borg: Contender = {
  name: 'borg',
  async open(state: string): Promise<Store> {
    const repository = new BorgRepository(state);
    await run('borg', ['init', '--encryption', 'none'], { env: repository.environment });
    return repository;
  },
};

class BorgRepository implements Store {
  readonly state: string;
  readonly environment: Readonly<Record<string, string>>;
  #archive = 0;

  constructor(state: string) {
    this.state = state;
    this.environment = {
      BORG_REPO: join(state, 'repository'),
      BORG_BASE_DIR: join(state, 'base'),
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    };
  }

  async backup(source: string): Promise<Sample> {
    this.#archive += 1;
    const beforeBytes = this.#storedBytes();
    const ended = await timeCommand('borg', ['create', `::archive-${this.#archive}`, source], {
      env: this.environment,
    });
    const storedBytes = this.#storedBytes();
    return { ...asSample(ended), sentBytes: storedBytes - beforeBytes, storedBytes };
  }

  async restore(source: string, target: string): Promise<{ sample: Sample; tree: string }> {
    const ended = await timeCommand('borg', ['extract', `::archive-${this.#archive}`], {
      cwd: target,
      env: this.environment,
    });
    return { sample: asSample(ended), tree: join(target, source) };
  }

  pause(): Promise<void> {
    return Promise.resolve();
  }

  resume(): Promise<void> {
    return Promise.resolve();
  }

  #storedBytes(): number {
    return sizeOf(join(this.state, 'repository'));
  }
}
