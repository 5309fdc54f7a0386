/** A folder that goes from version to version, always the same way for a seed; its contents don't compress. */

import { createCipheriv } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { chmod, link, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { randomFrom } from '../../rebuild/random-tree.ts';
import type { Random } from '../../rebuild/random-tree.ts';

const MIB = 1024 * 1024;

export type TreeSize = {
  /** Of the one long file, of which a region is written anew in each version. */
  readonly largeBytes: number;
  readonly regionBytes: number;
  /** Files of up to `mostBytes`, of which a third changes, moves, goes or comes in each version. */
  readonly files: number;
  readonly mostBytes: number;
  /** In one folder, of up to 3,000 bytes, of which a tenth is written anew in each version. */
  readonly many: number;
};

export const LARGE_TREE: TreeSize = {
  largeBytes: 104 * MIB,
  regionBytes: 16 * MIB,
  files: 36,
  mostBytes: MIB,
  many: 200,
};

export const SMALL_TREE: TreeSize = {
  largeBytes: 3 * MIB,
  regionBytes: MIB,
  files: 18,
  mostBytes: 40_000,
  many: 200,
};

/** For thousands of runs. */
export const TINY_TREE: TreeSize = {
  largeBytes: 200_000,
  regionBytes: 50_000,
  files: 10,
  mostBytes: 12_000,
  many: 20,
};

/** Bytes that look random, from a seed. */
export function noise(bytes: number, seed: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}

export class ChangingTree {
  readonly root: string;
  /** Where in the long file the last version wrote. */
  regionAt = 0;
  readonly size: TreeSize;
  readonly #random: Random;
  #made = 0;

  private constructor(root: string, size: TreeSize, seed: number) {
    this.root = root;
    this.size = size;
    this.#random = randomFrom(seed);
  }

  static async make(root: string, size: TreeSize, seed: number): Promise<ChangingTree> {
    const tree = new ChangingTree(root, size, seed);
    await mkdir(join(root, 'many'), { recursive: true });
    await mkdir(join(root, 'empty'));
    await writeFile(join(root, 'large.bin'), tree.#noise(size.largeBytes));
    for (let i = 0; i < size.many; i++) await tree.#write(`many/${i}`, 1 + tree.#random(3000));
    for (let i = 0; i < size.files; i++) await tree.#writeNew();
    await symlink('../nowhere', join(root, 'many', 'dangling'));
    await tree.advance();
    return tree;
  }

  /** Makes the next version: contents, names, links, kinds and modes change. */
  async advance(): Promise<void> {
    const { size } = this;
    this.regionAt = this.#random(size.largeBytes - size.regionBytes);
    const large = openSync(join(this.root, 'large.bin'), 'r+');
    writeSync(large, this.#noise(size.regionBytes), 0, size.regionBytes, this.regionAt);
    closeSync(large);
    const each = Math.ceil(size.files / 12);
    for (const path of await this.#some(each)) await this.#write(path, this.#length());
    for (const path of await this.#some(each)) await rm(join(this.root, path));
    for (const path of await this.#some(each)) {
      await rename(join(this.root, path), join(this.root, await this.#newPath()));
    }
    for (let i = 0; i < each; i++) await this.#writeNew();
    for (let i = 0; i < size.many / 10; i++)
      await this.#write(`many/${this.#random(size.many)}`, 1 + this.#random(3000));
    await this.#changeLinks();
    await this.#changeKind();
    const [moved] = await this.#folders();
    if (moved !== undefined) {
      await rename(join(this.root, moved), join(this.root, `folder-${++this.#made}`));
    }
  }

  async #changeLinks(): Promise<void> {
    const [target] = await this.#some(1);
    for (const name of ['hard', 'soft']) await rm(join(this.root, name), { force: true });
    await symlink(String(target), join(this.root, 'soft'));
    await link(join(this.root, String(target)), join(this.root, 'hard'));
    await chmod(join(this.root, String(target)), 0o600 + this.#random(64));
  }

  /** One path is a file, then a folder, then a link. */
  async #changeKind(): Promise<void> {
    const path = join(this.root, 'chameleon');
    await rm(path, { recursive: true, force: true });
    const kind = this.#made % 3;
    if (kind === 0) await this.#write('chameleon', 5000);
    if (kind === 1) await mkdir(path);
    if (kind === 1) await this.#write('chameleon/inside', 5000);
    if (kind === 2) await symlink('large.bin', path);
  }

  async #writeNew(): Promise<void> {
    await this.#write(await this.#newPath(), this.#length());
  }

  async #write(path: string, bytes: number): Promise<void> {
    // Not through a hard link: as most editors do, the new version is a new file.
    await rm(join(this.root, path), { force: true });
    await writeFile(join(this.root, path), this.#noise(bytes));
  }

  async #newPath(): Promise<string> {
    const folders = await this.#folders();
    const known = folders[this.#random(6)];
    const folder = known ?? `folder-${++this.#made}`;
    await mkdir(join(this.root, folder), { recursive: true });
    return join(folder, `file-${++this.#made}`);
  }

  async #folders(): Promise<string[]> {
    const names = await readdir(this.root);
    return names.filter((name) => name.startsWith('folder-')).toSorted();
  }

  /** Some of the files in folders, all different. */
  async #some(count: number): Promise<string[]> {
    const paths: string[] = [];
    for (const folder of await this.#folders()) {
      const names = await readdir(join(this.root, folder));
      paths.push(...names.toSorted().map((name) => join(folder, name)));
    }
    const picked = Array.from({ length: count }, () => paths.splice(this.#random(paths.length), 1));
    return picked.flat();
  }

  #length(): number {
    return 1 + this.#random(this.size.mostBytes);
  }

  #noise(bytes: number): Buffer {
    return noise(bytes, this.#random(2 ** 31));
  }
}
