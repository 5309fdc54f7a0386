/** A clock of its own for a program, by libfaketime: it can be wrong, and jump while the program runs. */

import { existsSync, globSync, renameSync, writeFileSync } from 'node:fs';

/** Of the Debian package `libfaketime`; the folder in between is the machine's architecture. */
const LIBRARIES = '/usr/lib/*/faketime/libfaketime.so.1';

function library(): string | undefined {
  return globSync(LIBRARIES).find((path) => existsSync(path));
}

/** Why no clock can be set wrong here; false if one can. */
export function noFakeTime(): string | false {
  return library() === undefined ? 'libfaketime is missing' : false;
}

/** The clock of one program: the machine's, but for an offset. */
export class FakeTime {
  readonly #path: string;
  #offsetSec = 0;

  /** @param path of a file, which only this clock has */
  constructor(path: string, offsetSec: number = 0) {
    this.#path = path;
    this.set(offsetSec);
  }

  get offsetMs(): number {
    return this.#offsetSec * 1000;
  }

  /** Jumps: programs that have this clock see it at once. */
  set(offsetSec: number): void {
    this.#offsetSec = offsetSec;
    // Never half of it is to be read.
    writeFileSync(`${this.#path}.next`, `${offsetSec < 0 ? '' : '+'}${offsetSec}s\n`);
    renameSync(`${this.#path}.next`, this.#path);
  }

  /** For a program that is to have it. Timers and deadlines go on as always: so they do where only the date is changed. */
  get env(): Record<string, string> {
    return {
      LD_PRELOAD: library() ?? '',
      FAKETIME_TIMESTAMP_FILE: this.#path,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  /** As the `under` of a program. */
  get under(): string[] {
    return ['env', ...Object.entries(this.env).map(([name, value]) => `${name}=${value}`)];
  }
}
