import { join } from 'node:path';

import type { Contender, Store } from '../contender.ts';
import { sizeOf } from '../measure/folder.ts';
import type { Sample } from '../measure/sample.ts';
import { run } from '../measure/shell.ts';
import { timeCommand } from '../measure/timed-command.ts';
import { asSample } from './rsync.ts';

/** restic with a local repository and its defaults: format 2, compression auto, encrypted, a cache. */
export const restic: Contender = {
  name: 'restic',
  async open(state: string): Promise<Store> {
    const repository = new ResticRepository(state);
    await run('restic', ['init'], { env: repository.environment });
    return repository;
  },
};

class ResticRepository implements Store {
  readonly state: string;
  readonly environment: Readonly<Record<string, string>>;

  constructor(state: string) {
    this.state = state;
    this.environment = {
      RESTIC_REPOSITORY: join(state, 'repository'),
      RESTIC_CACHE_DIR: join(state, 'cache'),
      RESTIC_PASSWORD: 'bench',
    };
  }

  async backup(source: string): Promise<Sample> {
    const beforeBytes = this.#storedBytes();
    const ended = await timeCommand('restic', ['backup', source], { env: this.environment });
    const storedBytes = this.#storedBytes();
    return { ...asSample(ended), sentBytes: storedBytes - beforeBytes, storedBytes };
  }

  async restore(source: string, target: string): Promise<{ sample: Sample; tree: string }> {
    const ended = await timeCommand('restic', ['restore', 'latest', '--target', target], {
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
