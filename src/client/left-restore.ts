import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { hex } from '../base/bytes.ts';
import { blake3 } from '../base/hash.ts';

/** Of a restore's folder: who is not its owner has no business there. */
const OTHERS = 0o077;

/**
 * What a restore has put together of long files when it is interrupted lies in its own folder until the same restore is run
 * again: that takes it up by renaming it, so that no two work in one, and checks every byte of it by hash.
 */
export class RestoreFolder {
  /** Of one run alone; made by whoever uses it, unless it was taken up. */
  readonly path: string;
  readonly #left: string;

  /**
   * @param into where the snapshot is laid out
   * @param subtree the part of it that is asked for; null: all
   */
  constructor(into: string, snapshot: Uint8Array, subtree: Uint8Array | null) {
    const what = blake3(Buffer.concat([snapshot, subtree ?? new Uint8Array(0)]));
    const name = `.rbbackup-restore-${hex(what.subarray(0, 8))}`;
    this.#left = join(into, name);
    this.path = `${this.#left}-${randomBytes(4).toString('hex')}`;
    this.#takeUp();
  }

  /** After an interruption: keeps unfinished files, and nothing else. */
  leave(): void {
    try {
      const hasFiles = readdirSync(join(this.path, 'tmp')).some((name) => name.startsWith('f-'));
      if (hasFiles) {
        this.#keepOnly('tmp');
        return renameSync(this.path, this.#left);
      }
    } catch {
      // There is nothing to keep, or another run of the same has left its own meanwhile.
    }
    rmSync(this.path, { recursive: true, force: true });
  }

  #takeUp(): void {
    try {
      const stat = lstatSync(this.#left);
      const isOurs = stat.isDirectory() && stat.uid === process.getuid?.();
      if (!isOurs || (stat.mode & OTHERS) !== 0) return;
      renameSync(this.#left, this.path);
      this.#keepOnly('tmp');
    } catch {
      // Nothing was left, or somebody else has just taken it up.
    }
  }

  #keepOnly(kept: string): void {
    for (const name of readdirSync(this.path))
      if (name !== kept) rmSync(join(this.path, name), { recursive: true, force: true });
  }
}
