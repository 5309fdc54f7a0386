import { join } from 'node:path';

import type { Contender, Store } from '../contender.ts';
import { sizeOf } from '../measure/folder.ts';
import type { Sample } from '../measure/sample.ts';
import { configOf, logIn, startClient } from './client.ts';
import { Hub } from './hub.ts';
import { doneOf } from './program.ts';

/** `rbbackup -rd PATH` to a running hub on the same machine, through TLS. */
export const ours: Contender = {
  name: 'ours',
  async open(state: string): Promise<Store> {
    const hub = await Hub.start(state, 0);
    await logIn(configOf(state, 'origin'), hub.port);
    return new HubStore(state, hub);
  },
};

/** The same on a state that is there already, with its client's memory of what it has sent. */
export async function reopen(state: string): Promise<Store> {
  return new HubStore(state, await Hub.start(state, 0));
}

class HubStore implements Store {
  readonly state: string;
  #hub: Hub;

  constructor(state: string, hub: Hub) {
    this.state = state;
    this.#hub = hub;
  }

  async backup(source: string): Promise<Sample> {
    const config = configOf(this.state, 'origin');
    const hubBefore = this.#hub.cpuSeconds;
    const ended = await startClient(config, this.#hub.port, ['-rd', source]).ended;
    return {
      seconds: ended.seconds,
      cpuSeconds: ended.cpuSeconds,
      otherCpuSeconds: { hub: this.#hub.cpuSeconds - hubBefore },
      sentBytes: Number(doneOf(ended.stdout)['sentBytes']),
      storedBytes: sizeOf(join(this.state, 'hub')),
      peakBytes: { origin: ended.peakBytes, hub: this.#hub.peakBytes },
    };
  }

  async restore(_source: string, target: string): Promise<{ sample: Sample; tree: string }> {
    const config = configOf(this.state, 'origin');
    const hubBefore = this.#hub.cpuSeconds;
    const ended = await startClient(config, this.#hub.port, ['restore', 'latest', target]).ended;
    doneOf(ended.stdout);
    const sample: Sample = {
      seconds: ended.seconds,
      cpuSeconds: ended.cpuSeconds,
      otherCpuSeconds: { hub: this.#hub.cpuSeconds - hubBefore },
      peakBytes: { restore: ended.peakBytes, hub: this.#hub.peakBytes },
    };
    return { sample, tree: target };
  }

  pause(): Promise<void> {
    return this.#hub.stop();
  }

  /** On the same port: the client knows its hub by address. */
  async resume(): Promise<void> {
    this.#hub = await Hub.start(this.state, this.#hub.port);
  }
}
