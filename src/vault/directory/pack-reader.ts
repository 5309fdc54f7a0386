import type { FileHandle } from 'node:fs/promises';

import { RbError, systemCodeOf } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import type { OpenFile } from './open-pack.ts';
import type { Pack } from './pack.ts';

/** Packs that are kept open for reading. */
const MOST_OPEN = 64;

type Opened = { readonly handle: Promise<FileHandle>; uses: number };

/** Reads pieces of packs, keeping the files that were used last open. */
export class PackReader {
  readonly #openFile: OpenFile;
  /** By the pack's number, in the order of use. */
  readonly #opened = new Map<number, Opened>();

  constructor(openFile: OpenFile) {
    this.#openFile = openFile;
  }

  /** As {@link readInto}, into a new array. */
  async read(pack: Pack, offset: number, bytes: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(bytes);
    await this.readInto(buffer, pack, offset);
    return buffer;
  }

  /**
   * Fills `target` with what lies in the pack from `offset` on.
   * @throws RbError `missing-chunk` (no such file), `damaged-chunk` (too short, or the disk can't read it),
   *   `unreadable` (for another reason, which may pass)
   */
  async readInto(target: Uint8Array, pack: Pack, offset: number): Promise<void> {
    const opened = this.#open(pack);
    opened.uses++;
    try {
      const handle = await opened.handle;
      let got = 0;
      while (got < target.length) {
        const { bytesRead } = await handle.read(target, got, target.length - got, offset + got);
        if (bytesRead === 0)
          throw new RbError('damaged-chunk', `The pack ${escapeName(pack.path)} is cut short.`);
        got += bytesRead;
      }
    } catch (error) {
      // One that failed is not kept.
      if (this.#opened.get(pack.number) === opened) this.#opened.delete(pack.number);
      throw readError(pack, error);
    } finally {
      opened.uses--;
      const isKept = this.#opened.get(pack.number) === opened;
      if (!isKept && opened.uses === 0) await closeQuietly(opened);
      await this.#shrink();
    }
  }

  /** The next reading looks for the file by its path. */
  async letGo(pack: Pack): Promise<void> {
    const opened = this.#opened.get(pack.number);
    if (opened === undefined) return;
    this.#opened.delete(pack.number);
    // Otherwise its last reader closes it.
    if (opened.uses === 0) await closeQuietly(opened);
  }

  /** To be called when nothing reads any more. */
  async close(): Promise<void> {
    const all = [...this.#opened.values()];
    this.#opened.clear();
    for (const opened of all) await closeQuietly(opened);
  }

  #open(pack: Pack): Opened {
    const known = this.#opened.get(pack.number);
    const opened = known ?? { handle: this.#openByPath(pack), uses: 0 };
    this.#opened.delete(pack.number);
    this.#opened.set(pack.number, opened);
    return opened;
  }

  async #openByPath(pack: Pack): Promise<FileHandle> {
    const { path } = pack;
    try {
      return await this.#openFile(path, 'r');
    } catch (error) {
      // It may have been given its final name in between, or be about to.
      const next = pack.path === path ? pack.nextPath : pack.path;
      if (next === null || next === path) throw error;
      return this.#openFile(next, 'r');
    }
  }

  async #shrink(): Promise<void> {
    if (this.#opened.size <= MOST_OPEN) return;
    for (const [number, opened] of this.#opened) {
      if (opened.uses > 0) continue;
      this.#opened.delete(number);
      await closeQuietly(opened);
      return;
    }
  }
}

async function closeQuietly({ handle }: Opened): Promise<void> {
  await handle.then((file) => file.close()).catch(() => undefined);
}

function readError(pack: Pack, error: unknown): RbError {
  if (error instanceof RbError) return error;
  const name = escapeName(pack.path);
  const code = systemCodeOf(error);
  if (code === 'ENOENT')
    return new RbError('missing-chunk', `The pack ${name} is gone.`, { cause: error });
  if (code === 'EIO') {
    return new RbError('damaged-chunk', `The disk can't read the pack ${name}.`, { cause: error });
  }
  const message = `The pack ${name} could not be read (${code ?? 'unknown reason'}); check its permissions and the limit of open files.`;
  return new RbError('unreadable', message, { cause: error, retry: true });
}
