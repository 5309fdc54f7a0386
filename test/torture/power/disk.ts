/** A file system of its own, on a file, of which a copy is what a power cut would leave. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

const SIZE = '256M';
const COPY_TRIES = 200;
const BUSY_TRIES = 100;

/** Data may come to the disk after the names that lead to it (writeback), or always before (ordered, ext4's default). */
export type DataMode = 'ordered' | 'writeback';

/** Why there can be no such disk here; false if there can. */
export function noDisk(folder: string): string | false {
  if (process.getuid?.() !== 0) return 'only root mounts file systems';
  const probe = join(folder, `rbbackup-probe-${process.pid}`);
  try {
    mkdirSync(probe, { recursive: true });
    new Disk(probe, join(probe, 'mnt'), 'ordered').endNow();
    return false;
  } catch (error) {
    return `no file system on a file can be mounted here: ${String(error)}`;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

export class Disk {
  readonly mountPoint: string;
  readonly #folder: string;
  readonly #mode: DataMode;
  #image: string;
  #copies = 0;

  /** Makes it and mounts it. @param folder for the images @param mountPoint is made if missing */
  constructor(folder: string, mountPoint: string, mode: DataMode) {
    this.#folder = folder;
    this.#mode = mode;
    this.mountPoint = mountPoint;
    mkdirSync(mountPoint, { recursive: true });
    this.#image = join(folder, 'disk-0');
    run('truncate', ['-s', SIZE, this.#image]);
    // Nothing is left to be written later by the kernel, which would look like work of the programs.
    const eager = ['-E', 'lazy_itable_init=0,lazy_journal_init=0'];
    run('mkfs.ext4', ['-q', '-F', ...eager, this.#image]);
    this.#mount(this.#image, mountPoint);
    rmdirSync(join(mountPoint, 'lost+found'));
  }

  /**
   * Copies the image while the file system is in use. What is only in the memory of the kernel isn't in it, as after a
   * power cut; nothing is synced. The copy is of one moment: none in which the disk was written meanwhile is taken.
   */
  async copy(): Promise<string> {
    const path = join(this.#folder, `disk-${++this.#copies}`);
    for (let tries = 0; tries < COPY_TRIES; tries++) {
      const before = this.#writes();
      run('cp', ['--reflink=never', '--sparse=always', this.#image, path]);
      if (before !== null && this.#writes() === before) return path;
      await pause(1);
    }
    throw new Error('the disk was never quiet for as long as copying it takes');
  }

  /** The power comes back: what stands there now is the copy, its journal replayed. Nothing may be open there. */
  async become(copy: string): Promise<void> {
    await unmount(this.mountPoint);
    rmSync(this.#image);
    this.#image = copy;
    this.#mount(copy, this.mountPoint);
  }

  /** Mounts a copy elsewhere for a look at it, after which the copy is gone. */
  async look(copy: string, task: (root: string) => Promise<void> | void): Promise<void> {
    const place = `${copy}.mnt`;
    mkdirSync(place);
    this.#mount(copy, place);
    try {
      await task(place);
    } finally {
      await unmount(place);
      rmdirSync(place);
      rmSync(copy);
    }
  }

  endNow(): void {
    run('umount', [this.mountPoint]);
  }

  async end(): Promise<void> {
    await unmount(this.mountPoint);
  }

  #mount(image: string, place: string): void {
    const options = `loop,data=${this.#mode}`;
    run('mount', ['-t', 'ext4', '-o', options, image, place]);
  }

  /** How many writes came to the disk so far; null while one is on its way. */
  #writes(): string | null {
    const source = run('findmnt', ['-no', 'SOURCE', this.mountPoint]).trim();
    const stat = readFileSync(`/sys/block/${basename(source)}/stat`, 'latin1')
      .trim()
      .split(/\s+/);
    return stat[8] === '0' ? `${stat[4]}` : null;
  }
}

async function unmount(place: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { status, stderr } = spawnSync('umount', [place], { encoding: 'utf8' });
    if (status === 0) return;
    if (tries === BUSY_TRIES) throw new Error(`umount: ${stderr}`);
    await pause(20);
  }
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`);
  return stdout;
}
