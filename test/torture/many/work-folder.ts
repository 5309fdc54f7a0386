/** A folder that somebody works in. What is a file under a name is never a folder there later. */

import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { noise } from '../../e2e/data.ts';
import type { Random } from '../../rebuild/random-tree.ts';

const FOLDERS = ['', 'd0', 'd1', 'd2', 'd0/d3', 'd0/d3/d4'];
const NAMES = 12;
const LINKS = 4;
const SMALL_BYTES = 6000;
const LARGE_BYTES = 700_000;
/** Contents that everybody has. */
const SHARED = 6;

/** Bytes that nobody had written before, over all folders. */
export type Ledger = { newBytes: number; readonly shared: Set<number> };

export class WorkFolder {
  readonly root: string;
  readonly #random: Random;
  readonly #ledger: Ledger;
  #made = 0;

  constructor(root: string, random: Random, ledger: Ledger) {
    this.root = root;
    this.#random = random;
    this.#ledger = ledger;
    mkdirSync(root, { recursive: true });
    for (let i = 0; i < 12; i++) this.#write(this.#file());
  }

  /** Some changes: contents, names, modes, times, links, losses. */
  change(): void {
    for (let i = 1 + this.#random(6); i > 0; i--) this.#changeOnce();
  }

  #changeOnce(): void {
    const path = this.#existing();
    switch (this.#random(10)) {
      case 0:
        return this.#writeShared(this.#file());
      case 1:
        return this.#writeNew(this.#file(), 1 + this.#random(LARGE_BYTES));
      case 2:
      case 3:
        return rmSync(path, { force: true });
      case 4:
        return this.#move(path);
      case 5:
        return this.#touch(path);
      case 6:
        return this.#link();
      case 7:
        return this.#append(path);
      case 8:
        if (this.#random(6) === 0)
          rmSync(join(this.root, `d${this.#random(3)}`), { recursive: true, force: true });
        return undefined;
      default:
        return this.#write(this.#file());
    }
  }

  /** One of the files that there are, if there is any. */
  #existing(): string {
    const files = FOLDERS.flatMap((folder) => {
      const at = join(this.root, folder);
      const names = existsSync(at) ? readdirSync(at) : [];
      return names.filter((name) => name.startsWith('f')).map((name) => join(at, name));
    }).toSorted();
    return files[this.#random(Math.max(1, files.length))] ?? this.#file();
  }

  #file(): string {
    const folder = FOLDERS[this.#random(FOLDERS.length)] ?? '';
    mkdirSync(join(this.root, folder), { recursive: true });
    return join(this.root, folder, `f${this.#random(NAMES)}`);
  }

  #write(path: string): void {
    this.#writeNew(path, this.#random(SMALL_BYTES));
  }

  #writeNew(path: string, bytes: number): void {
    writeFileSync(path, noise(`${this.root} ${this.#made++}`, bytes));
    this.#ledger.newBytes += bytes;
  }

  #writeShared(path: string): void {
    const which = this.#random(SHARED);
    const bytes = 50_000 * (which + 1);
    writeFileSync(path, noise(`shared ${which}`, bytes));
    if (!this.#ledger.shared.has(which)) this.#ledger.newBytes += bytes;
    this.#ledger.shared.add(which);
  }

  #append(path: string): void {
    appendFileSync(path, noise(`${this.root} ${this.#made++}`, 100));
    // What is cut anew is at most all of it.
    this.#ledger.newBytes += lstatSync(path).size;
  }

  #move(path: string): void {
    const to = this.#file();
    if (existsSync(path) && path !== to) renameSync(path, to);
  }

  #touch(path: string): void {
    if (!existsSync(path)) return this.#write(path);
    chmodSync(path, 0o600 + this.#random(64));
    utimesSync(path, 1, 1_700_000_000 + this.#random(1_000_000));
    return undefined;
  }

  #link(): void {
    const path = join(this.root, `l${this.#random(LINKS)}`);
    rmSync(path, { force: true });
    const [name = 'nowhere'] = readdirSync(this.root).filter((one) => one.startsWith('f'));
    symlinkSync(name, path);
  }
}
