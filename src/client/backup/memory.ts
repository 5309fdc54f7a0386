import { closeSync, openSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { hex } from '../../base/bytes.ts';
import { syncDirectory } from '../../base/durable-file.ts';
import { RbError, isRbError, toRbError } from '../../base/errors.ts';
import { blake3 } from '../../base/hash.ts';
import { readAt } from '../../base/durable-read.ts';
import { escapeName } from '../../base/names.ts';
import { isProcessAlive } from '../../base/process-alive.ts';
import { reasonOf } from '../../base/system-reason.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import { TreeStateReader, encodeStateHead } from '../../model/tree-state.ts';

const STATE = 'state';
const SCRATCH = /^(?:next|base)-(\d+)-/;

/** Of this process, in whichever memory: a run that broke off may not have removed its own yet when the next begins. */
let scratchFiles = 0;

/**
 * What this device remembers of a set's last run: a tree state in a folder of its own, and files of runs under way.
 * Losing it costs reading everything once, nothing else.
 */
export class Memory {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * @param configDir of the device
   * @param hubFingerprint memories of the same set at different hubs are apart
   * @throws RbError `dir-unwritable`, `disk-full`
   */
  static async open(configDir: string, hubFingerprint: string, key: SetKey): Promise<Memory> {
    const name = hex(
      blake3(Buffer.from(`${hubFingerprint}\n${formatSetKey(key)}`)).subarray(0, 16),
    );
    const memory = new Memory(join(configDir, 'memory', name));
    try {
      await mkdir(memory.#dir, { recursive: true, mode: 0o700 });
      await memory.#removeLeftovers();
    } catch (cause) {
      const { code } = toRbError(cause, 'dir-unwritable');
      const message = `What this machine remembers of its runs, in ${escapeName(memory.#dir)}, could not be opened: ${reasonOf(cause)}. When that is put right, run the backup again.`;
      throw new RbError(code, message, { cause, retry: true });
    }
    return memory;
  }

  get path(): string {
    return join(this.#dir, STATE);
  }

  /** The snapshot that the memory is of; null if there is none, or it is damaged. */
  snapshot(): Uint8Array | null {
    const reader = this.open(this.path);
    reader?.close();
    return reader?.state.snapshot ?? null;
  }

  /** Opens a tree state for reading; null if it is missing or damaged at its head. */
  open(path: string): { state: TreeStateReader; close(): void } | null {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      return null;
    }
    const close = (): void => closeSync(file);
    try {
      const state = new TreeStateReader((offset, bytes) => readAt(file, offset, bytes));
      return { state, close };
    } catch (error) {
      close();
      if (isRbError(error)) return null;
      throw error;
    }
  }

  /** A path for a file of this run alone; what is left under it when the process dies is removed by a later run. */
  scratchPath(what: 'next' | 'base'): string {
    return join(this.#dir, `${what}-${process.pid}-${scratchFiles++}`);
  }

  /** Makes a finished tree state the memory of a snapshot, durably. */
  async keep(nextStatePath: string, snapshot: Uint8Array): Promise<void> {
    const file = await open(nextStatePath, 'r+');
    try {
      await file.write(encodeStateHead(snapshot), 0, undefined, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(nextStatePath, this.path);
    await syncDirectory(this.#dir);
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.#dir)) {
      const pid = SCRATCH.exec(name)?.[1];
      if (pid !== undefined && !isProcessAlive(Number(pid)))
        await this.discard(join(this.#dir, name));
    }
  }
}
