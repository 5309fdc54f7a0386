import { closeSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { checkComponent } from '../component.ts';
import { PosixError } from '../posix-error.ts';
import type { Fd } from '../posix.ts';

/** Where the numbers of folders begin: far above any file descriptor. */
const FIRST_HANDLE = 2 ** 40;
const SLASH = Buffer.from('/');

/**
 * Open folders where the system, or Node, knows no such thing: a number stands for a path. Links
 * are looked for when a folder is opened; one that is put there later is not noticed
 * (`abilities.confined` is false).
 */
export class FolderHandles {
  readonly #paths = new Map<Fd, Buffer>();
  #next = FIRST_HANDLE;

  openRoot(path: string | Uint8Array): Fd {
    const whole = realpathSync(typeof path === 'string' ? path : Buffer.from(path), {
      encoding: 'buffer',
    });
    if (!statSync(whole).isDirectory()) throw new PosixError('ENOTDIR', 'open');
    return this.#add(whole);
  }

  openDir(dir: Fd, name: Uint8Array): Fd {
    const path = this.pathOf(dir, name);
    if (!lstatSync(path).isDirectory()) throw new PosixError('ENOTDIR', 'open');
    return this.#add(path);
  }

  /** Closes a folder, or a file of node:fs. */
  close(fd: Fd): void {
    if (fd < FIRST_HANDLE) closeSync(fd);
    else if (!this.#paths.delete(fd)) throw new PosixError('EBADF', 'close');
  }

  /** The path of an open folder; undefined for a file. @throws PosixError EBADF */
  folder(fd: Fd): Buffer | undefined {
    if (fd < FIRST_HANDLE) return undefined;
    const path = this.#paths.get(fd);
    if (path === undefined) throw new PosixError('EBADF', 'open');
    return path;
  }

  /** The path of a name in an open folder. @throws PosixError EINVAL, EBADF */
  pathOf(dir: Fd, name: Uint8Array): Buffer {
    checkComponent(name, 'open');
    const folder = this.folder(dir);
    if (folder === undefined) throw new PosixError('ENOTDIR', 'open');
    return Buffer.concat([folder, SLASH, name]);
  }

  #add(path: Buffer): Fd {
    this.#paths.set(this.#next, path);
    return this.#next++;
  }
}
