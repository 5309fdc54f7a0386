import { join } from 'node:path';

import type { Contender, Store } from '../contender.ts';
import type { CommandResult } from '../measure/timed-command.ts';
import { timeCommand } from '../measure/timed-command.ts';
import type { Sample } from '../measure/sample.ts';

/** `rsync -a --delete`, local: a copy of the folder, without versions, without fsync. */
export const rsync: Contender = {
  name: 'rsync',
  open: (state) => Promise.resolve(new RsyncCopy(state)),
};

class RsyncCopy implements Store {
  readonly state: string;

  constructor(state: string) {
    this.state = state;
  }

  async backup(source: string): Promise<Sample> {
    return asSample(
      await timeCommand('rsync', ['-a', '--delete', `${source}/`, `${join(this.state, 'copy')}/`]),
    );
  }

  async restore(_source: string, target: string): Promise<{ sample: Sample; tree: string }> {
    const ended = await timeCommand('rsync', ['-a', `${join(this.state, 'copy')}/`, `${target}/`]);
    return { sample: asSample(ended), tree: target };
  }

  pause(): Promise<void> {
    return Promise.resolve();
  }

  resume(): Promise<void> {
    return Promise.resolve();
  }
}

/** A command's figures where nothing else is known of it. */
export function asSample(ended: CommandResult): Sample {
  return {
    seconds: ended.seconds,
    cpuSeconds: ended.cpuSeconds,
    peakBytes: { command: ended.peakBytes },
  };
}
