/** The hub: it is ended and killed at any time, and comes back on the same folder and port. */

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { Program } from '../../e2e/program.ts';
import type { Random } from '../../rebuild/random-tree.ts';
import type { History } from './history.ts';

/** The contract of `rbbackupd` is 10 s; a loaded machine gets some more. */
const END_WITHIN_MS = 20_000;
const SAMPLE_MS = 2000;
const LINES_KEPT = 2000;

export type Sample = { readonly atMs: number; readonly rssBytes: number; readonly files: number };

export class HubLife {
  readonly dir: string;
  readonly #history: History;
  readonly #env: NodeJS.ProcessEnv;
  #program: Program | null = null;
  port = 0;
  /** Grows whenever it goes, so that who began before knows why he lost it. */
  disturbances = 0;
  /** Of the process that runs now. */
  samples: Sample[] = [];
  #sampler: NodeJS.Timeout | null = null;

  constructor(dir: string, history: History, env: NodeJS.ProcessEnv) {
    this.dir = dir;
    this.#history = history;
    this.#env = env;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const listen = ['--listen', `127.0.0.1:${this.port}`, '--console', 'off', '--open', '--json'];
    const program = new Program('rbbackupd', [this.dir, ...listen], this.#env);
    const { port } = await program.event('listening');
    this.port = Number(port);
    this.#program = program;
    this.samples = [];
    this.#sampler ??= setInterval(() => this.#sample(), SAMPLE_MS);
    this.#history.note('hub', `listens, process ${program.pid}`);
  }

  /** Ends it, by the clean way or not, and starts it again after a while. */
  async restart(isClean: boolean, awayMs: number): Promise<void> {
    this.disturbances++;
    await this.end(isClean);
    await pause(awayMs);
    await this.start();
    this.disturbances++;
    this.#history.count(isClean ? 'hub ended' : 'hub killed');
  }

  async end(isClean: boolean): Promise<void> {
    const program = this.#program;
    this.#program = null;
    if (program === null) return;
    this.#history.note('hub', isClean ? 'SIGTERM' : 'SIGKILL');
    if (!isClean) return await program.kill();
    const late = setTimeout(() => {
      this.#history.fault('hub', `not over ${END_WITHIN_MS} ms after SIGTERM`);
      program.signal('SIGKILL');
    }, END_WITHIN_MS);
    const { status, signal, stderr } = await program.stop();
    clearTimeout(late);
    if (status !== 0) this.#history.fault('hub', `ended with ${status ?? signal} ${stderr}`);
    return undefined;
  }

  /** Its warnings and errors since the last time that were no matter of course. */
  complaints(): string[] {
    const lines = this.#program?.lines ?? [];
    const bad = lines.filter(({ level }) => level === 'error').map((line) => JSON.stringify(line));
    const stderr = this.#program?.stderr ?? '';
    if (lines.length > LINES_KEPT) lines.splice(0, lines.length);
    return stderr === '' ? bad : [...bad, stderr];
  }

  stopSampling(): void {
    if (this.#sampler !== null) clearInterval(this.#sampler);
  }

  /** How long to wait for what comes by chance, so often on average. */
  static after(mean: number, random: Random): number {
    return Math.round(-Math.log(1 - random(1000) / 1000) * mean);
  }

  #sample(): void {
    try {
      const pid = this.#program?.pid;
      if (pid === undefined) return;
      const rss = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
      const files = readdirSync(`/proc/${pid}/fd`).length;
      this.samples.push({ atMs: performance.now(), rssBytes: Number(rss) * 1024, files });
    } catch {
      // It has just gone, or this is no Linux.
    }
  }
}
