import { closeSync, openSync, writeSync } from 'node:fs';

import { RbError, systemCodeOf, toRbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import { encodeStateEnd, encodeStateHead, encodeStatePage } from '../model/tree-state.ts';
import type { StatePage } from '../model/tree-state.ts';

const BUFFER_BYTES = 1024 * 1024;

/** Writes a tree state page by page. Nothing is synced: that is for who makes it the memory of a snapshot. */
export class StateWriter {
  pages = 0;
  readonly #path: string;
  readonly #file: number;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #used = 0;

  /** Makes the file, or empties it. @throws RbError disk-full, dir-unwritable, as do all methods */
  constructor(path: string) {
    this.#path = path;
    this.#file = this.#try(() => openSync(path, 'w', 0o600));
    this.#append(encodeStateHead(null));
  }

  page(state: StatePage): void {
    this.pages++;
    this.#append(encodeStatePage(state));
  }

  /** Writes the end: only with it the state is whole. */
  finish(): void {
    this.#append(encodeStateEnd(this.pages));
    this.#flush();
  }

  close(): void {
    closeSync(this.#file);
  }

  #append(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#buffer.length) this.#flush();
    if (bytes.length > this.#buffer.length) return this.#writeAll(bytes);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #flush(): void {
    this.#writeAll(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #writeAll(bytes: Uint8Array): void {
    this.#try(() => {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    });
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const { code } = toRbError(cause, 'dir-unwritable');
      const why =
        code === 'disk-full' ? 'there is no space left' : (systemCodeOf(cause) ?? 'it failed');
      const message = `The memory of this run, ${escapeName(this.#path)}, could not be written: ${why}.`;
      throw new RbError(code, message, { cause });
    }
  }
}
