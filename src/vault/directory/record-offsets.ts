import { open, readFile, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const OFFSET_BYTES = 4;

/** Where the list of a pack lies that is being written. */
export function offsetsPathOf(packPath: string): string {
  return packPath.replace(/\.pack$/, '.offsets');
}

/**
 * Where the records of the pack begin that is being written, in a file beside it: a u32 for each, in order. Only with it
 * can a record whose head is damaged be stepped over, for a reader searches a pack for nothing. It is a help and no more:
 * never synced, and what fails here fails nobody; what it says is believed only if a whole record is there.
 */
export class RecordOffsets {
  #handle: FileHandle | null;

  private constructor(handle: FileHandle | null) {
    this.#handle = handle;
  }

  /** Begins the list of a pack, in place of one that there may be. */
  static async begin(packPath: string, offsets: readonly number[] = []): Promise<RecordOffsets> {
    const handle = await open(offsetsPathOf(packPath), 'w', 0o600).catch(() => null);
    const list = new RecordOffsets(handle);
    await list.append(offsets);
    return list;
  }

  async append(offsets: readonly number[]): Promise<void> {
    const handle = this.#handle;
    if (handle === null || offsets.length === 0) return;
    const bytes = Buffer.alloc(offsets.length * OFFSET_BYTES);
    for (const [i, offset] of offsets.entries()) bytes.writeUInt32LE(offset, i * OFFSET_BYTES);
    try {
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) await this.close();
    } catch {
      // Behind a piece that is missing the rest would be misread.
      await this.close();
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close().catch(() => undefined);
  }
}

/** The offsets listed for a pack, ascending; none if there is no list. */
export async function readOffsets(packPath: string): Promise<readonly number[]> {
  const bytes = await readFile(offsetsPathOf(packPath)).catch(() => Buffer.alloc(0));
  const offsets: number[] = [];
  for (let at = 0; at + OFFSET_BYTES <= bytes.length; at += OFFSET_BYTES) {
    const offset = bytes.readUInt32LE(at);
    if (offset > (offsets.at(-1) ?? 0)) offsets.push(offset);
  }
  return offsets;
}

export async function removeOffsets(packPath: string): Promise<void> {
  await rm(offsetsPathOf(packPath), { force: true }).catch(() => undefined);
}

/** Removes the lists whose packs are gone or have their final names. @param names of all files in the folder */
export async function removeStrayOffsets(folder: string, names: readonly string[]): Promise<void> {
  const there = new Set(names);
  for (const name of names) {
    const pack = name.replace(/\.offsets$/, '.pack');
    if (pack !== name && !there.has(pack)) await removeOffsets(join(folder, pack));
  }
}
