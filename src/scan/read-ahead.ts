import { constants } from 'node:fs';

import type { Clock } from '../base/clock.ts';
import type { DirEntry, Fd, Posix } from '../posix/posix.ts';

/** Reads are judged in groups of this many. */
const GROUP = 16;
/** A read of up to 64 KiB out of the cache takes 2 to 10 µs; one from a disk, or over a network, 100 and more. */
const SHORT_BYTES = 64 * 1024;
const SLOW_MS = 0.06;
/** So many of a group must be slow: one may be because another program had the processor meanwhile. */
const MOST_FAST = GROUP * 0.75;
/** How long it goes on: what was fetched ahead is read fast, so reads say nothing meanwhile. */
const FILES_TO_GO = 1024;
/** How many files are fetched at a time: so many requests keep a disk busy, and are no memory worth mentioning. */
const FILES_AHEAD = 32;

type Calls = Pick<Posix, 'openFile' | 'close' | 'willNeed' | 'read'>;

/**
 * Has the system fetch the files that will be read next, several at a time, while the one before them is waited for.
 * Only where files come slowly: it costs a few microseconds a file. Out of a cold cache the drivers of Linux, 31,600
 * files, came in 2.8-5.3 s instead of 5.4-6.5 (virtual disk, busy machine).
 */
export class ReadAhead {
  readonly #posix: Calls;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #reads = 0;
  #slowReads = 0;
  #filesToGo = 0;
  #list: readonly DirEntry[] | null = null;
  /** All before this one were asked for. */
  #reached = 0;

  constructor(posix: Calls, clock: Pick<Clock, 'monotonicMs'>) {
    this.#posix = posix;
    this.#clock = clock;
  }

  /** Reads, as the port does, and notes how long it takes. */
  read(fd: Fd, into: Uint8Array, position: number): number {
    if (into.length > SHORT_BYTES) return this.#posix.read(fd, into, position);
    const startMs = this.#clock.monotonicMs();
    const bytes = this.#posix.read(fd, into, position);
    if (this.#clock.monotonicMs() - startMs > SLOW_MS) this.#slowReads++;
    if (++this.#reads === GROUP) {
      if (this.#slowReads >= GROUP - MOST_FAST) this.#filesToGo = FILES_TO_GO;
      this.#reads = 0;
      this.#slowReads = 0;
    }
    return bytes;
  }

  /** To be called before a file is read: the one at `index` of what its folder holds. */
  before(dir: Fd, list: readonly DirEntry[], index: number): void {
    if (this.#filesToGo === 0) return;
    this.#filesToGo--;
    if (list !== this.#list) this.#reached = 0;
    this.#list = list;
    const end = Math.min(list.length, index + 1 + FILES_AHEAD);
    for (let next = Math.max(this.#reached, index + 1); next < end; next++) {
      const entry = list[next] as DirEntry;
      if (entry.kind === 'file') this.#ask(dir, entry.name);
    }
    this.#reached = end;
  }

  #ask(dir: Fd, name: Uint8Array): void {
    try {
      const fd = this.#posix.openFile(dir, name, constants.O_RDONLY);
      this.#posix.willNeed(fd);
      this.#posix.close(fd);
    } catch {
      // It is met again when it is read.
    }
  }
}
