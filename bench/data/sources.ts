import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { countFiles, sizeOf } from '../measure/folder.ts';
import { run, runShell } from '../measure/shell.ts';
import { fetchKernel } from './kernel.ts';
import type { KernelTrees } from './kernel.ts';
import { writeLarge } from './large.ts';
import { writeMany } from './many.ts';

/** What is backed up. */
export type SourceKind = 'kernel' | 'large';

/** The part of the kernel's tree that `--quick` takes. */
const QUICK_FOLDERS = ['block', 'fs', 'kernel', 'mm'] as const;
const FULL_MIB = 2048;
const QUICK_MIB = 128;

/** Where the bench keeps its data and, on disk, works: outside the checkout. */
export function dataFolder(): string {
  const folder =
    process.env['RBBACKUP_BENCH_DATA'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rbbackup-bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Makes the folders that are backed up. */
export class Sources {
  readonly #kernel: KernelTrees;
  readonly #isQuick: boolean;

  private constructor(kernel: KernelTrees, isQuick: boolean) {
    this.#kernel = kernel;
    this.#isQuick = isQuick;
  }

  /** Fetches what has to be fetched. */
  static async open(isQuick: boolean, log: (line: string) => void): Promise<Sources> {
    return new Sources(await fetchKernel(dataFolder(), log), isQuick);
  }

  /** Bytes that a source takes up, with some to spare for its many small files' ends. */
  bytesOf(kind: SourceKind): number {
    if (kind === 'large') return (this.#isQuick ? QUICK_MIB : FULL_MIB) * 1024 * 1024;
    return this.#isQuick ? 90e6 : 1510e6;
  }

  /**
   * Makes the folder `kind` in a workspace: the first version, with its caches warm.
   *
   * @returns its path
   */
  async make(workspace: string, kind: SourceKind): Promise<string> {
    const folder = emptyFolder(workspace, kind);
    if (kind === 'large') writeLarge(join(folder, 'data.bin'), this.#mib, 'first');
    else await run('rsync', ['-a', ...this.#filters(), `${this.#kernel.first}/`, `${folder}/`]);
    await runShell('find "$1" -type f -print0 | xargs -0 cat | cat > /dev/null', [folder]);
    return folder;
  }

  /** Makes a folder of so many small files, with its caches warm. */
  makeMany(workspace: string, files: number): string {
    const folder = emptyFolder(workspace, 'many');
    writeMany(folder, files, join(this.#kernel.first, 'MAINTAINERS'));
    return folder;
  }

  /** Makes a folder with one file of so many bytes, which does not compress. */
  makeHuge(workspace: string, mib: number): string {
    const folder = emptyFolder(workspace, 'huge');
    writeLarge(join(folder, 'data.bin'), mib, 'first');
    return folder;
  }

  /** A part of the kernel's tree, with its caches warm. */
  async makePart(workspace: string, part: string): Promise<string> {
    const folder = emptyFolder(workspace, part);
    await run('rsync', ['-a', `${this.#kernel.first}/${part}/`, `${folder}/`]);
    return folder;
  }

  /**
   * Turns a folder that `make` made into the second version, in place. Of the kernel only the files
   * whose content differs are touched, as `git pull` would: they are replaced, with the time of now;
   * all others keep inode and times. The one large file is written anew.
   */
  async update(folder: string, kind: SourceKind): Promise<void> {
    if (kind === 'large') {
      writeLarge(join(folder, 'data.bin.new'), this.#mib, 'second');
      await run('mv', [join(folder, 'data.bin.new'), join(folder, 'data.bin')]);
      return;
    }
    const how = ['-rlpgoD', '--checksum', '--delete', ...this.#filters()];
    await run('rsync', [...how, `${this.#kernel.second}/`, `${folder}/`]);
  }

  /** What the data is, in a sentence for the results; `folder` is one that `make` made. */
  describe(kind: SourceKind, folder: string): string {
    const bytes = `${(sizeOf(folder) / 1e6).toFixed(1)} MB`;
    if (kind === 'large') {
      return `large: one file of AES-CTR keystream with a fixed key, ${bytes}, which does not compress; then the same with 21 bytes put in front and 26 in the middle`;
    }
    const part = this.#isQuick ? `, only its folders ${QUICK_FOLDERS.join(', ')}` : '';
    return `kernel: Debian's ${this.#kernel.name}${part}: ${countFiles(folder)} files, ${bytes} in the first version`;
  }

  get #mib(): number {
    return this.#isQuick ? QUICK_MIB : FULL_MIB;
  }

  #filters(): string[] {
    if (!this.#isQuick) return [];
    return [...QUICK_FOLDERS.map((name) => `--include=/${name}/***`), '--exclude=*'];
  }
}

function emptyFolder(workspace: string, name: string): string {
  const folder = join(workspace, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

/** A tmpfs of this machine. */
export function tmpfsFolder(): string | undefined {
  return existsSync('/dev/shm') ? '/dev/shm' : undefined;
}
