import type { FileHandle } from 'node:fs/promises';

import { openFile } from '../../src/vault/directory/open-pack.ts';
import type { OpenFile } from '../../src/vault/directory/open-pack.ts';

/** An error as the system throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** A disk with faults that can be switched on and off. */
export class FaultyDisk {
  /** Bytes that can still be written; then ENOSPC. */
  freeBytes: number = Number.POSITIVE_INFINITY;
  /** The code that syncing fails with, or null. */
  syncFails: string | null = null;
  /** The code that reading fails with, or null. */
  readFails: string | null = null;
  /** How often data was synced. */
  syncs = 0;
  /** Files that hold something that no sync has confirmed. */
  readonly dirty = new Set<string>();
  #syncBegan = Promise.withResolvers<void>();
  #gate: Promise<void> = Promise.resolve();

  /** Lets syncs begin but not end. @returns lets them end */
  holdSyncs(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    this.#syncBegan = Promise.withResolvers<void>();
    return resolve;
  }

  /** The first sync since {@link holdSyncs}. */
  get syncBegan(): Promise<void> {
    return this.#syncBegan.promise;
  }

  readonly openFile: OpenFile = async (path, flags, mode) => {
    const handle = await openFile(path, flags, mode);
    return new Proxy(handle, {
      get: (target, name) => {
        if (name === 'writev') return this.#writev.bind(this, path, target);
        if (name === 'datasync') return this.#datasync.bind(this, path, target);
        if (name === 'read' && this.readFails !== null) return this.#failRead.bind(this);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };

  /** Like a disk, writes what fits before it says that it is full. */
  async #writev(
    path: string,
    handle: FileHandle,
    parts: readonly Uint8Array[],
    at: number,
  ): Promise<{ bytesWritten: number }> {
    if (this.freeBytes <= 0) throw systemError('ENOSPC');
    this.dirty.add(path);
    const whole = Buffer.concat(parts);
    const { bytesWritten } = await handle.write(
      whole.subarray(0, Math.min(whole.length, this.freeBytes)),
      0,
      undefined,
      at,
    );
    this.freeBytes -= bytesWritten;
    return { bytesWritten };
  }

  async #datasync(path: string, handle: FileHandle): Promise<void> {
    this.syncs++;
    this.#syncBegan.resolve();
    await this.#gate;
    if (this.syncFails !== null) throw systemError(this.syncFails);
    await handle.datasync();
    this.dirty.delete(path);
  }

  async #failRead(): Promise<never> {
    throw systemError(this.readFails ?? 'EIO');
  }
}
