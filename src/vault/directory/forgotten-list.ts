import { appendFile, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { syncDirectory } from '../../base/durable-file.ts';
import { systemCodeOf, toRbError } from '../../base/errors.ts';

/**
 * The records that turned out to be damaged, by pack and offset, so that they are not taken for good after
 * a restart. A text file, a line each, `NAME OFFSET`. If it is lost, they are found to be damaged again.
 */
export class ForgottenList {
  readonly #path: string;
  readonly #offsets = new Map<string, number[]>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string) {
    this.#path = path;
  }

  static async load(folder: string): Promise<ForgottenList> {
    const list = new ForgottenList(join(folder, 'forgotten'));
    let text = '';
    try {
      text = await readFile(list.#path, 'utf8');
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw toRbError(error, 'dir-unwritable');
    }
    for (const [, name, offset] of text.matchAll(/^(\S+) (\d+)$/gm))
      list.#remember(name ?? '', Number(offset));
    return list;
  }

  offsetsIn(packName: string): readonly number[] {
    return this.#offsets.get(packName) ?? [];
  }

  /** Durable when it resolves. */
  async add(packName: string, offsets: readonly number[]): Promise<void> {
    if (offsets.length === 0) return;
    for (const offset of offsets) this.#remember(packName, offset);
    const before = this.#writing.catch(() => undefined);
    this.#writing = before.then(() =>
      this.#write(offsets.map((offset) => `${packName} ${offset}\n`).join('')),
    );
    await this.#writing;
  }

  async #write(lines: string): Promise<void> {
    try {
      await appendFile(this.#path, lines, { mode: 0o600 });
      const file = await open(this.#path, 'r');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw toRbError(error, 'dir-unwritable');
    }
    await syncDirectory(dirname(this.#path));
  }

  #remember(packName: string, offset: number): void {
    const offsets = this.#offsets.get(packName);
    if (offsets === undefined) this.#offsets.set(packName, [offset]);
    else offsets.push(offset);
  }
}
