import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { dataFolder, tmpfsFolder } from './data/sources.ts';
import { onExit } from './measure/cleanup.ts';
import type { Where } from './measure/sample.ts';
import { run } from './measure/shell.ts';

/** Memory that stays free for the programs and the system when a workspace is in memory. */
const SPARE_BYTES = 3e9;
/** ext4 goes on freeing blocks for a while after a large removal. */
const SETTLE_MS = 3000;

/** A folder of a row's own, in memory or on disk, that is gone at its end. */
export class Workspace implements AsyncDisposable {
  readonly path: string;
  readonly where: Where;
  readonly #forget: () => void;

  private constructor(path: string, where: Where) {
    this.path = path;
    this.where = where;
    this.#forget = onExit(() => rmSync(path, { recursive: true, force: true }));
  }

  /**
   * Makes a workspace where it is wanted, or on disk if it doesn't fit into memory.
   *
   * @param neededBytes - the most that the row keeps in it at any time
   * @throws Error if the disk has no room either
   */
  static open(wanted: Where, neededBytes: number, log: (line: string) => void): Workspace {
    const tmpfs = tmpfsFolder();
    if (wanted === 'tmpfs') {
      const free = tmpfs === undefined ? 0 : Math.min(freeBytes(tmpfs), freeMemoryBytes());
      if (tmpfs !== undefined && free - SPARE_BYTES >= neededBytes) {
        return new Workspace(mkdtempSync(join(tmpfs, 'rbbackup-bench-')), 'tmpfs');
      }
      log(`${gigabytes(neededBytes)} do not fit into memory (${gigabytes(free)} free): on disk`);
    }
    const free = freeBytes(dataFolder());
    if (free < neededBytes) {
      throw new Error(
        `${gigabytes(neededBytes)} are needed, ${gigabytes(free)} are free in ${dataFolder()}. Set RBBACKUP_BENCH_DATA to a folder with more room.`,
      );
    }
    return new Workspace(mkdtempSync(join(dataFolder(), 'work-')), 'disk');
  }

  /** An empty folder in it. */
  async empty(name: string): Promise<string> {
    const path = join(this.path, name);
    await this.remove(path);
    mkdirSync(path);
    return path;
  }

  /** Removes something in it, and lets the disk come to rest. */
  async remove(path: string): Promise<void> {
    rmSync(path, { recursive: true, force: true });
    await this.settle();
  }

  /** On disk: until what was written before is out, so that no one pays for another's writes. */
  async settle(): Promise<void> {
    if (this.where === 'tmpfs') return;
    await run('sync', []);
    await sleep(SETTLE_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove(this.path);
    this.#forget();
  }
}

function freeBytes(path: string): number {
  const stat = statfsSync(path);
  return stat.bavail * stat.bsize;
}

function freeMemoryBytes(): number {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return Number(kib ?? 0) * 1024;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
