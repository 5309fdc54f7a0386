import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { mountImage } from './disk-image.ts';
import { dataFolder, tmpfsFolder } from './data/sources.ts';
import { onExit } from './measure/cleanup.ts';
import type { Where } from './measure/sample.ts';
import { run } from './measure/shell.ts';

/** Memory that stays free for the programs and the system when a workspace is in memory. */
const SPARE_BYTES = 3e9;
/** ext4 goes on freeing blocks for a while after a large removal. */
const SETTLE_MS = 1000;

/** A folder of a row's own, in memory or on disk, that is gone at its end. */
export class Workspace implements AsyncDisposable {
  readonly path: string;
  readonly where: Where;
  readonly #undo: () => void;

  /** @param undo - removes it, with all that is in it */
  private constructor(path: string, where: Where, undo: () => void) {
    this.path = path;
    this.where = where;
    this.#undo = undo;
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
        const path = mkdtempSync(join(tmpfs, 'rbbackup-bench-'));
        return new Workspace(path, 'tmpfs', removal(path));
      }
      log(`${gigabytes(neededBytes)} do not fit into memory (${gigabytes(free)} free): on disk`);
    }
    const free = freeBytes(dataFolder());
    if (free < neededBytes) {
      throw new Error(
        `${gigabytes(neededBytes)} are needed, ${gigabytes(free)} are free in ${dataFolder()}. Set RBBACKUP_BENCH_DATA to a folder with more room.`,
      );
    }
    const path = mkdtempSync(join(dataFolder(), 'work-'));
    const disk = join(path, 'disk');
    const unmount = mountImage(join(path, 'image'), disk, neededBytes);
    const remove = removal(path);
    if (unmount === undefined) return new Workspace(path, 'disk', remove);
    return new Workspace(disk, 'disk', () => {
      unmount();
      remove();
    });
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
  async settle(path: string = this.path): Promise<void> {
    if (this.where === 'tmpfs') return;
    await run('sync', ['--file-system', path]);
    await sleep(SETTLE_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#undo();
    await this.settle(dataFolder());
  }
}

/** Removes a folder, now or when the bench is interrupted. */
function removal(path: string): () => void {
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  const forget = onExit(remove);
  return () => {
    remove();
    forget();
  };
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
