import type { SharedLease } from '../base/shared-arena.ts';
import type { Place } from './vault.ts';

/** Holds records read or written last, up to a number of bytes; the one used longest ago goes first. */
export class RecordCache {
  readonly #capacityBytes: number;
  /** In the order of use: a Map keeps the order of insertion. */
  readonly #records = new Map<Place, SharedLease>();
  #bytes = 0;

  /** @param capacityBytes 0 keeps nothing */
  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** A hold of the caller's. */
  get(place: Place): SharedLease | undefined {
    const record = this.#records.get(place);
    if (record === undefined) return undefined;
    this.#records.delete(place);
    this.#records.set(place, record);
    return record.retain();
  }

  set(place: Place, record: SharedLease): void {
    this.delete(place);
    if (record.bytes.length > this.#capacityBytes) return;
    this.#records.set(place, record.retain());
    this.#bytes += record.bytes.length;
    for (const oldest of this.#records.keys()) {
      if (this.#bytes <= this.#capacityBytes) break;
      this.delete(oldest);
    }
  }

  delete(place: Place): void {
    const record = this.#records.get(place);
    if (record === undefined) return;
    this.#records.delete(place);
    this.#bytes -= record.bytes.length;
    record.release();
  }

  get bytes(): number {
    return this.#bytes;
  }
}
