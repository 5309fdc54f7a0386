import type { Place } from './vault.ts';

/** Records read or written last, up to a number of bytes; the one used longest ago goes first. */
export class RecordCache {
  readonly #capacityBytes: number;
  /** In the order of use: a Map keeps the order of insertion. */
  readonly #records = new Map<Place, Uint8Array>();
  #bytes = 0;

  /** @param capacityBytes 0 keeps nothing */
  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  get(place: Place): Uint8Array | undefined {
    const record = this.#records.get(place);
    if (record === undefined) return undefined;
    this.#records.delete(place);
    this.#records.set(place, record);
    return record;
  }

  set(place: Place, record: Uint8Array): void {
    this.delete(place);
    if (record.length > this.#capacityBytes) return;
    this.#records.set(place, record);
    this.#bytes += record.length;
    for (const oldest of this.#records.keys()) {
      if (this.#bytes <= this.#capacityBytes) break;
      this.delete(oldest);
    }
  }

  delete(place: Place): void {
    this.#bytes -= this.#records.get(place)?.length ?? 0;
    this.#records.delete(place);
  }

  get bytes(): number {
    return this.#bytes;
  }
}
