import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { hex } from '../base/bytes.ts';
import { blake3 } from '../base/hash.ts';
import { isProcessAlive } from '../base/process-alive.ts';

/** Of a restore's folder: who is not its owner has no business there. */
const OTHERS = 0o077;
/** What is kept for the next one: unfinished files. Its mode says whether the folder was empty when the first began. */
const KEPT: readonly string[] = ['tmp'];
/** Names its process and the machine that this is on, as the folder may be shared: so it is known when that was killed. */
const HOST = hex(blake3(Buffer.from(hostname())).subarray(0, 4));
const OWNED = new RegExp(`^\\.rbbackup-restore-[0-9a-f]{16}-${HOST}-(\\d+)-[0-9a-f]{8}$`);

/**
 * What a restore has put together of long files when it is interrupted lies in its own folder until the same restore is run
 * again: that takes it up by renaming it, so that no two work in one, and checks every byte of it by hash. One that was
 * killed leaves its folder under the name it had; the next restore into the same place takes it up, or removes it.
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
    this.path = `${this.#left}-${HOST}-${process.pid}-${randomBytes(4).toString('hex')}`;
    for (const dead of killedIn(into)) {
      if (dead.startsWith(`${this.#left}-`)) this.#takeUp(dead);
      rmSync(dead, { recursive: true, force: true });
    }
    this.#takeUp(this.#left);
  }

  /** After an interruption: keeps unfinished files, and nothing else. */
  leave(): void {
    try {
      const hasFiles = readdirSync(join(this.path, 'tmp')).some((name) => name.startsWith('f-'));
      if (hasFiles) {
        this.#keepOnly(KEPT);
        return renameSync(this.path, this.#left);
      }
    } catch {
      // There is nothing to keep, or another run of the same has left its own meanwhile.
    }
    rmSync(this.path, { recursive: true, force: true });
  }

  #takeUp(left: string): void {
    try {
      if (!isOurs(left)) return;
      renameSync(left, this.path);
      this.#keepOnly(KEPT);
    } catch {
      // Nothing was left, or somebody else has just taken it up.
    }
  }

  #keepOnly(kept: readonly string[]): void {
    for (const name of readdirSync(this.path))
      if (!kept.includes(name)) rmSync(join(this.path, name), { recursive: true, force: true });
  }
}

/** Folders of restores of this machine that are not running any more. */
function killedIn(into: string): string[] {
  try {
    const names = readdirSync(into).filter((name) => {
      const pid = OWNED.exec(name)?.[1];
      return pid !== undefined && !isProcessAlive(Number(pid)) && isOurs(join(into, name));
    });
    return names.map((name) => join(into, name));
  } catch {
    // It is not there yet; if it can't be read, who works in it will say so.
    return [];
  }
}

function isOurs(path: string): boolean {
  const stat = lstatSync(path);
  return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & OTHERS) === 0;
}
