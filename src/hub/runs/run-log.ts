import assert from 'node:assert';

import { RbError } from '../../base/errors.ts';
import { LIMITS } from '../../model/limits.ts';
import type { LogItem } from '../../wire/messages-follow.ts';
import { Signal } from '../signal.ts';

/** Memory that hints about long files may take; they are left out of the log beyond that. */
const PARTS_BYTES = 16 * 1024 * 1024;
const PART_OVERHEAD_BYTES = 256;
const FIRST_PAGES = 64;

type Part = Extract<LogItem, { k: 'part' }>;
type Last = Extract<LogItem, { k: 'commit' | 'abort' }>;

/**
 * The log of a run: an append-only list that any number of readers read by position, each at its own pace. What it
 * holds are ids, 32 bytes a page; chunks are in the vault. So it costs the same for one reader as for none.
 */
export class RunLog {
  /** Something was appended. */
  readonly changed: Signal = new Signal();
  #pages: Uint8Array = new Uint8Array(FIRST_PAGES * LIMITS.idBytes);
  #pageCount = 0;
  /** Ascending by position. */
  readonly #parts: { readonly at: number; readonly item: Part }[] = [];
  #partsBytes = 0;
  #last: Last | null = null;
  /** Readers get nothing from this position on. */
  #heldAt: number | null = null;

  /** What readers may read. */
  get length(): number {
    return this.#heldAt ?? this.#written;
  }

  get #written(): number {
    return this.#pageCount + this.#parts.length + (this.#last === null ? 0 : 1);
  }

  get pageCount(): number {
    return this.#pageCount;
  }

  /** The last item, once there is one: nothing is appended any more. */
  get last(): Last | null {
    return this.#last;
  }

  /** Ids of all pages, views of 32 bytes each. */
  pages(): Uint8Array[] {
    const pages: Uint8Array[] = [];
    for (let page = 0; page < this.#pageCount; page++) pages.push(this.#page(page));
    return pages;
  }

  /** @throws RbError `too-large` */
  addPage(id: Uint8Array): void {
    assert(this.#last === null, 'a page behind the end of a log');
    if (this.#pageCount >= LIMITS.snapshotPages) {
      throw new RbError('too-large', 'The tree has more pages than a snapshot can hold.');
    }
    const at = this.#pageCount * LIMITS.idBytes;
    if (at === this.#pages.length) {
      const larger = new Uint8Array(at * 2);
      larger.set(this.#pages);
      this.#pages = larger;
    }
    this.#pages.set(id, at);
    this.#pageCount++;
    this.changed.notify();
  }

  /** A hint; left out when there are too many. */
  addPart(item: Part): void {
    assert(this.#last === null, 'a part behind the end of a log');
    this.#partsBytes += item.path.length + PART_OVERHEAD_BYTES;
    if (this.#partsBytes > PARTS_BYTES) return;
    this.#parts.push({ at: this.#written, item });
    this.changed.notify();
  }

  /** What is appended from now on waits until it is let go. */
  hold(): void {
    this.#heldAt ??= this.#written;
  }

  letGo(): void {
    if (this.#heldAt === null) return;
    this.#heldAt = null;
    this.changed.notify();
  }

  /** The last item. A log that has ended stays as it is. What was held when it is an `abort` is never read by anybody. */
  end(last: Last): void {
    if (this.#last !== null) return;
    if (last.k === 'abort' && this.#heldAt !== null) this.#cutAt(this.#heldAt);
    this.#heldAt = null;
    this.#last = last;
    this.changed.notify();
  }

  /**
   * At most `most` items from a position on; none if there are none yet, or none that may be read.
   * @throws RbError `protocol` for a position behind the end
   */
  items(from: number, most: number): LogItem[] {
    const length = this.length;
    if (from > length || (from === length && this.#last !== null)) {
      throw new RbError('protocol', `A log of ${length} items was read from position ${from}.`);
    }
    const items: LogItem[] = [];
    let part = this.#partsBefore(from);
    for (let at = from; at < length && items.length < most; at++) {
      const next = this.#parts[part];
      if (next?.at === at) {
        items.push(next.item);
        part++;
      } else if (at - part < this.#pageCount) {
        items.push({ k: 'page', id: this.#page(at - part) });
      } else {
        items.push(this.#last as Last);
      }
    }
    return items;
  }

  #cutAt(position: number): void {
    this.#parts.length = this.#partsBefore(position);
    this.#pageCount = position - this.#parts.length;
  }

  #page(number: number): Uint8Array {
    return this.#pages.subarray(number * LIMITS.idBytes, (number + 1) * LIMITS.idBytes);
  }

  /** How many parts stand before a position, by bisection. */
  #partsBefore(position: number): number {
    let low = 0;
    let high = this.#parts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#parts[middle] as { at: number }).at < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The log of a snapshot that was committed: its pages, then the commit. */
export function logOfSnapshot(snapshot: Uint8Array, pages: readonly Uint8Array[]): RunLog {
  const log = new RunLog();
  for (const page of pages) log.addPage(page);
  log.end({ k: 'commit', snapshot });
  return log;
}
