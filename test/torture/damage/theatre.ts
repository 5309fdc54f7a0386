/** Where trials are made: what each kind of them needs is set up when it is needed first. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Random } from '../../rebuild/random-tree.ts';
import { clientTrial } from './client-trial.ts';
import { backUp, destinationTrial } from './destination-trial.ts';
import type { DestinationTrial } from './destination-trial.ts';
import type { HubKind } from './hub-kinds.ts';
import { hubTrial } from './hub-trial.ts';
import { client, folder, localHub } from './in-process.ts';
import type { LocalHub } from './in-process.ts';
import type { Damage } from './inflict.ts';
import type { LocalKind } from './local-kinds.ts';
import type { Outcome } from './outcome.ts';
import { filesBelow } from './places.ts';
import { advance, advanceLong, copyTo, makeScene, writeWork } from './scene.ts';
import type { Scene } from './scene.ts';

export class Theatre implements AsyncDisposable {
  readonly #room: string;
  #scene: Scene | null = null;
  #hub: LocalHub | null = null;
  #trials = 0;
  #versions = 100;

  constructor(room: string) {
    this.#room = room;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hub?.close();
    rmSync(this.#room, { recursive: true, force: true });
  }

  /** @returns null if there is nothing of the kind to be damaged so; throws a Fault if something must not be */
  async hub(kind: HubKind, how: Damage, random: Random): Promise<Outcome | null> {
    const scene = await this.#made();
    const withLong = kind.withLong === true;
    const { work, long } = scene.sources;
    let isDone = true;
    const outcome = await hubTrial({
      scene: kind.hub(scene),
      sources: withLong ? [work, long] : [work],
      withLong,
      isKilled: kind.isKilled === true,
      checkFirst: random(2) === 0,
      inflict: (dir) => {
        isDone = kind.inflict(dir, how, random, scene);
      },
      wayOut: (dir) => {
        const isCatalog = kind.name.includes('catalog');
        const names = isCatalog ? /(?:^|\/)catalog\.db/ : /(?:^|\/)device-/;
        for (const path of filesBelow(dir, names)) rmSync(path);
        // A hub with another key has to be trusted anew.
        if (!isCatalog) rmSync(join(this.#room, 'config', 'hubs.json'));
      },
      room: this.#room,
    });
    return isDone ? outcome : null;
  }

  async local(kind: LocalKind, how: Damage, random: Random): Promise<Outcome | null> {
    const scene = await this.#made();
    const hub = await this.#listening(scene);
    const isLong = kind.needs === 'long';
    const config = join(this.#room, 'local-config');
    const source = isLong ? scene.sources.long : folder(this.#room, 'own');
    const trial: Omit<DestinationTrial, 'inflict'> = {
      port: hub.port,
      config,
      source,
      set: `ana@pc:${isLong ? 'long' : 'own'}`,
      advance: () => (isLong ? advanceLong : advance)(source, this.#versions++),
      dir: join(this.#room, `copy-${this.#trials++}`),
      brokenOff: kind.needs === 'journal',
      verifyFirst: random(2) === 0,
    };
    const twin = kind.of === 'destination' ? 'twin' : 'twin-config';
    const inflict = (dir: string): boolean =>
      kind.inflict(dir, how, random, join(this.#room, twin));
    try {
      if (kind.of === 'destination') return await destinationTrial({ ...trial, inflict });
      return await clientTrial({ ...trial, inflict, room: this.#room });
    } finally {
      rmSync(trial.dir, { recursive: true, force: true });
    }
  }

  async #made(): Promise<Scene> {
    this.#scene ??= await makeScene(folder(this.#room, 'scene'));
    return this.#scene;
  }

  /** A hub with a set of its own, and with another that things are swapped with. */
  async #listening(scene: Scene): Promise<LocalHub> {
    if (this.#hub !== null) return this.#hub;
    const config = copyTo(scene.closed.config, join(this.#room, 'local-config'));
    const hub = await localHub(copyTo(scene.closed.dir, join(this.#room, 'local-hub')));
    const own = folder(this.#room, 'own');
    writeWork(own);
    for (const [source, at] of [
      [own, config],
      [folder(this.#room, 'other'), join(this.#room, 'twin-config')],
    ] as const) {
      if (source !== own) writeWork(source);
      await backUp({ port: hub.port, config: at, source });
    }
    const twin = ['receive', join(this.#room, 'twin'), '--from', 'ana@pc:other', '--once'];
    await client(hub.port, config, twin);
    this.#hub = hub;
    return hub;
  }
}
