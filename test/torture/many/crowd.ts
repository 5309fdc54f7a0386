/** A hub and its clients for a while, each doing something by chance, against a model of what must be there. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Program } from '../../e2e/program.ts';
import { randomFrom } from '../../rebuild/random-tree.ts';
import { Actor } from './actor.ts';
import type { History } from './history.ts';
import { HubLife } from './hub-life.ts';
import type { Sample } from './hub-life.ts';
import { Machine } from './machine.ts';
import { lookAtAll, lookAtVault } from './quiet-point.ts';

export type CrowdOptions = {
  readonly dir: string;
  readonly seed: number;
  readonly clients: number;
  /** Of a machine. */
  readonly mostSets: number;
  readonly minutes: number;
  /** Then all is over, however much of the time is left. */
  readonly acts: number;
  /** Of all together, from one quiet point to the next. */
  readonly quietEveryActs: number;
  /** The same, from one end of the hub to the next, on average: by acts, so that slow machines get anything done. */
  readonly hubEndsEveryActs: number;
  /** Of the time, in the middle of it, the hub is left alone: to see whether it grows. */
  readonly calmShare: number;
  /** Snapshots of each set that are restored at the end, besides the newest. */
  readonly finalSample: number;
  readonly history: History;
  readonly onProgress?: (line: string) => void;
};

const HUB_AWAY_MS = 3000;
/** What a hub may grow by in its calm time: the index of chunks, and what the collector leaves lying. */
const GROWTH_BYTES = 150 * 1024 * 1024;
const GROWTH_FILES = 80;

/** @returns figures, for the last line */
export async function runCrowd(options: CrowdOptions): Promise<string> {
  const crowd = new Crowd(options);
  try {
    return await crowd.run();
  } finally {
    await crowd.end();
  }
}

class Crowd {
  readonly #options: CrowdOptions;
  readonly #hub: HubLife;
  readonly #actors: Actor[];
  readonly #ledger = { newBytes: 0, shared: new Set<number>() };
  readonly #beganMs = performance.now();
  #isOver = false;
  #acts = 0;
  /** Closed while all wait for a quiet point. */
  #gate: Promise<void> | null = null;
  #growth = 'no calm time';

  constructor(options: CrowdOptions) {
    this.#options = options;
    const { dir, seed, history, clients, mostSets } = options;
    mkdirSync(dir, { recursive: true });
    const env = { RBBACKUP_CONFIG: join(dir, 'hub-config') };
    const hub = new HubLife(join(dir, 'hub'), history, env);
    this.#hub = hub;
    const at = { dir, seed, history, hub, ledger: this.#ledger, mostSets, env: {} };
    this.#actors = Array.from({ length: clients }, (_, i) => new Actor(new Machine(i, at)));
  }

  async run(): Promise<string> {
    const { history } = this.#options;
    await this.#hub.start();
    const endMs = this.#beganMs + this.#options.minutes * 60_000;
    const janitor = this.#disturbHub(endMs);
    const { acts, quietEveryActs } = this.#options;
    while (performance.now() < endMs && this.#acts < acts) {
      await this.#everybodyActs(endMs, Math.min(acts, this.#acts + quietEveryActs));
      await this.#quiet();
    }
    this.#isOver = true;
    await janitor;
    for (const { machine, keeper } of this.#actors)
      await keeper.leave(machine.random(2) === 0 ? 'SIGTERM' : 'SIGKILL');
    await this.#compareSnapshots();
    await this.#hub.end(true);
    await this.#check();
    const done = [...history.counts]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([what, count]) => `${count} ${what}`);
    return `${done.join(', ')}; ${lookAtVault(this.#hub.dir, this.#ledger, history)}; ${this.#growth}`;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.#hub.stopSampling();
    await Promise.all(this.#actors.map(async ({ keeper }) => await keeper.leave('SIGKILL')));
    await Promise.all(this.#actors.map(async ({ machine }) => await machine.endAll()));
    await this.#hub.end(false);
  }

  async #everybodyActs(untilMs: number, untilActs: number): Promise<void> {
    await Promise.all(
      this.#actors.map(async (actor) => {
        while (performance.now() < untilMs && this.#acts < untilActs) {
          this.#acts++;
          try {
            await actor.act();
          } catch (error) {
            const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
            this.#options.history.fault(actor.machine.name, words);
          }
        }
      }),
    );
  }

  async #quiet(): Promise<void> {
    const { history, onProgress } = this.#options;
    const opened = Promise.withResolvers<void>();
    this.#gate = opened.promise;
    try {
      // The janitor may be at it.
      while (this.#hub.disturbances % 2 === 1) await pause(50);
      history.note('quiet', 'begins');
      await lookAtAll(this.#actors, history);
      const vault = lookAtVault(this.#hub.dir, this.#ledger, history);
      history.note('quiet', `ends; ${vault}`);
      onProgress?.(
        `${this.#minutes()} min, ${this.#acts} acts, ${history.faults.length} faults; ${vault}; ${this.#size()}`,
      );
    } finally {
      this.#gate = null;
      opened.resolve();
    }
  }

  /** Ends the hub again and again, but for its calm time. */
  async #disturbHub(endMs: number): Promise<void> {
    const { seed, hubEndsEveryActs, calmShare } = this.#options;
    const random = randomFrom(seed - 1);
    const calm = ((endMs - this.#beganMs) * calmShare) / 2;
    const middle = (endMs + this.#beganMs) / 2;
    while (!this.#isOver) {
      const next = this.#acts + HubLife.after(hubEndsEveryActs, random);
      await this.#until(() => this.#acts >= next || performance.now() >= endMs);
      const nowMs = performance.now();
      if (calm > 0 && nowMs > middle - calm && nowMs < middle + calm) {
        await this.#until(() => performance.now() >= middle + calm);
        this.#lookAtGrowth();
      }
      while (this.#gate !== null) await this.#gate;
      if (this.#isOver || performance.now() >= endMs) return;
      await this.#hub.restart(random(2) === 0, random(HUB_AWAY_MS));
    }
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!this.#isOver && !isSo()) await pause(50);
  }

  /** Of one process over its calm time: the second quarter against the last. */
  #lookAtGrowth(): void {
    const { samples } = this.#hub;
    const quarter = Math.floor(samples.length / 4);
    if (quarter < 3) return;
    const [first, last] = [
      average(samples.slice(quarter, 2 * quarter)),
      average(samples.slice(-quarter)),
    ];
    const minutes = (((samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0)) / 60_000).toFixed(0);
    this.#growth = `the hub over ${minutes} calm min: ${mib(first.rssBytes)} MiB and ${first.files.toFixed(0)} files at first, ${mib(last.rssBytes)} MiB and ${last.files.toFixed(0)} files at last`;
    const isTooMuch =
      last.rssBytes > first.rssBytes + GROWTH_BYTES || last.files > first.files + GROWTH_FILES;
    if (isTooMuch) this.#options.history.fault('hub', `it grows: ${this.#growth}`);
    this.#options.history.note('hub', this.#growth);
  }

  /** The newest snapshot of each set, and some others. */
  async #compareSnapshots(): Promise<void> {
    await Promise.all(
      this.#actors.map(async (actor) => {
        for (const set of actor.machine.sets) {
          await actor.look(set);
          const ids = [...set.model.snapshots.keys()].filter((id) => id !== set.model.newest);
          const some = ids.filter(
            () => actor.machine.random(ids.length) < this.#options.finalSample,
          );
          for (const id of [set.model.newest, ...some])
            if (id !== null) await actor.restoreWhole(set.model, id);
        }
      }),
    );
  }

  async #check(): Promise<void> {
    const ended = await new Program('rbbackupd', ['check', this.#hub.dir, '--read-data', '--json'])
      .ended;
    if (ended.status === 0) return;
    this.#options.history.fault(
      'quiet',
      `check: ${JSON.stringify(ended.lines.slice(-5))} ${ended.stderr}`,
    );
  }

  #minutes(): string {
    return ((performance.now() - this.#beganMs) / 60_000).toFixed(1);
  }

  #size(): string {
    const last = this.#hub.samples.at(-1);
    return last === undefined ? '' : `the hub has ${mib(last.rssBytes)} MiB, ${last.files} files`;
  }
}

function average(samples: readonly Sample[]): { rssBytes: number; files: number } {
  const sum = (of: (one: Sample) => number): number =>
    samples.reduce((all, one) => all + of(one), 0) / Math.max(1, samples.length);
  return { rssBytes: sum((one) => one.rssBytes), files: sum((one) => one.files) };
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
