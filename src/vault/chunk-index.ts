import assert from 'node:assert';
import { randomBytes } from 'node:crypto';

import { LIMITS } from '../model/limits.ts';
import type { Place } from './vault.ts';

/** What of an id is kept: its first 16 bytes. Two chunks that agree in them would take 2^64 tries to make, and harm who made them. */
const KEPT_WORDS = 4;
/** Entries are kept in segments of this many, so that growing copies none. */
const SEGMENT_ENTRIES = 32_768;
const SEGMENT_SHIFT = 15;
const SEGMENT_MASK = SEGMENT_ENTRIES - 1;
const FIRST_SLOTS = 4096;
/** At most three quarters of the slots are taken: a search for what isn't there looks at 8.5 slots on average then, 4 in between. */
const MOST_FILLED = 0.75;
/** Marks an entry as free. No pack has this number. */
const NO_PACK = 0xffff_ffff;
/** No offset in a pack is as large. */
export const U32_SPAN = 0x1_0000_0000;
/** Copies of one chunk that are remembered; more would only make a chain to walk along. */
const MOST_COPIES = 8;

type Segment = {
  readonly ids: Uint32Array;
  readonly packs: Uint32Array;
  readonly offsets: Uint32Array;
};

/** A place from the number of a pack and where in it the record begins. */
export function placeOf(pack: number, offset: number): Place {
  return (pack * U32_SPAN + offset) as Place;
}

export function packOf(place: Place): number {
  return Math.floor(place / U32_SPAN);
}

export function offsetOf(place: Place): number {
  return place % U32_SPAN;
}

/**
 * Where each chunk is, in memory: half of each id in typed arrays, 31 to 37 bytes a chunk, open addressing with linear
 * probing. A chunk may have several places; {@link find} gives the one that was added first, and after that one
 * was removed the next. Ids come from the network: their position is mixed with a secret of this
 * process, so that nobody can choose them to collide.
 */
export class ChunkIndex {
  /** Entry number + 1, or 0. */
  #slots: Uint32Array = new Uint32Array(FIRST_SLOTS);
  /** Eight more bits of each slot's hash, so that a search hardly ever looks at another chunk's id. */
  #tags: Uint8Array = new Uint8Array(FIRST_SLOTS);
  readonly #segments: Segment[] = [];
  readonly #free: number[] = [];
  #entries = 0;
  #used = 0;
  #chunks = 0;
  readonly #key: Uint32Array;
  readonly #probe: Uint32Array = new Uint32Array(KEPT_WORDS);

  /** @param seed 16 bytes; given only in tests */
  constructor(seed: Uint8Array = randomBytes(16)) {
    this.#key = new Uint32Array(seed.slice(0, 16).buffer);
    // Multipliers have to be odd to lose nothing.
    for (let i = 0; i < 4; i++) this.#key[i] = (this.#key[i] as number) | 1;
  }

  /** Different chunks. */
  get chunks(): number {
    return this.#chunks;
  }

  has(id: Uint8Array): boolean {
    return this.#slotOf(id) !== -1;
  }

  find(id: Uint8Array): Place | undefined {
    const slot = this.#slotOf(id);
    return slot === -1 ? undefined : this.#placeAt((this.#slots[slot] as number) - 1);
  }

  /**
   * @param bytes hold an id from `at` on
   * @returns false if that chunk has as many places as are remembered already
   */
  add(bytes: Uint8Array, place: Place, at: number = 0): boolean {
    if (this.#used + 1 > this.#slots.length * MOST_FILLED) this.#grow();
    const hash = this.#load(bytes, at);
    const mask = this.#slots.length - 1;
    let copies = 0;
    let slot = hash & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#tags[slot] === hash >>> 24 && this.#holdsProbe((this.#slots[slot] as number) - 1))
        copies++;
    }
    if (copies >= MOST_COPIES) return false;
    const entry = this.#newEntry(place);
    this.#slots[slot] = entry + 1;
    this.#tags[slot] = hash >>> 24;
    this.#used++;
    if (copies === 0) this.#chunks++;
    return true;
  }

  /** Removes all chunks of a record; looks at every entry, for damage is rare. @returns how many there were */
  removePlace(place: Place): number {
    const offset = offsetOf(place);
    return this.removeBetween(packOf(place), offset, offset + 1);
  }

  /** The same for all records of a pack that begin at `from` or behind, but before `before`. */
  removeBetween(pack: number, from: number, before: number): number {
    let removed = 0;
    for (let entry = 0; entry < this.#entries; entry++) {
      const segment = this.#segments[entry >>> SEGMENT_SHIFT] as Segment;
      const at = entry & SEGMENT_MASK;
      const offset = segment.offsets[at] as number;
      if (segment.packs[at] !== pack || offset < from || offset >= before) continue;
      this.#remove(entry);
      removed++;
    }
    return removed;
  }

  #remove(entry: number): void {
    const hash = this.#hashOf(entry);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== entry + 1) slot = (slot + 1) & mask;
    this.#closeGap(slot);
    const segment = this.#segments[entry >>> SEGMENT_SHIFT] as Segment;
    const at = entry & SEGMENT_MASK;
    segment.packs[at] = NO_PACK;
    this.#free.push(entry);
    this.#used--;
    this.#probe.set(segment.ids.subarray(at * KEPT_WORDS, (at + 1) * KEPT_WORDS));
    if (this.#slotOfProbe(hash) === -1) this.#chunks--;
  }

  /** Moves up what follows a freed slot and belongs at or before it (Knuth, TAOCP 3, 6.4, algorithm R). */
  #closeGap(freed: number): void {
    const mask = this.#slots.length - 1;
    let gap = freed;
    for (let slot = (gap + 1) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#hashOf((this.#slots[slot] as number) - 1) & mask;
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      this.#slots[gap] = this.#slots[slot] as number;
      this.#tags[gap] = this.#tags[slot] as number;
      gap = slot;
    }
    this.#slots[gap] = 0;
  }

  #slotOf(id: Uint8Array): number {
    return this.#slotOfProbe(this.#load(id, 0));
  }

  #slotOfProbe(hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#tags[slot] === hash >>> 24 && this.#holdsProbe((this.#slots[slot] as number) - 1))
        return slot;
    }
    return -1;
  }

  /** Makes an id the one that is looked for. @returns its hash, 32 bits */
  #load(id: Uint8Array, from: number): number {
    assert(id.length >= from + LIMITS.idBytes, 'an id has 32 bytes');
    const probe = this.#probe;
    for (let word = 0, at = from; word < KEPT_WORDS; word++, at += 4) {
      probe[word] =
        (id[at] as number) |
        ((id[at + 1] as number) << 8) |
        ((id[at + 2] as number) << 16) |
        ((id[at + 3] as number) << 24);
    }
    return this.#mix(
      probe[0] as number,
      probe[1] as number,
      probe[2] as number,
      probe[3] as number,
    );
  }

  #holdsProbe(entry: number): boolean {
    const ids = (this.#segments[entry >>> SEGMENT_SHIFT] as Segment).ids;
    const at = (entry & SEGMENT_MASK) * KEPT_WORDS;
    for (let word = 0; word < KEPT_WORDS; word++)
      if (ids[at + word] !== this.#probe[word]) return false;
    return true;
  }

  #hashOf(entry: number): number {
    const ids = (this.#segments[entry >>> SEGMENT_SHIFT] as Segment).ids;
    const at = (entry & SEGMENT_MASK) * KEPT_WORDS;
    return this.#mix(
      ids[at] as number,
      ids[at + 1] as number,
      ids[at + 2] as number,
      ids[at + 3] as number,
    );
  }

  #mix(a: number, b: number, c: number, d: number): number {
    const key = this.#key;
    let hash = Math.imul(a, key[0] as number) ^ Math.imul(b, key[1] as number);
    hash = Math.imul(hash ^ (hash >>> 15) ^ c, key[2] as number);
    hash = Math.imul(hash ^ (hash >>> 13) ^ d, key[3] as number);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #placeAt(entry: number): Place {
    const segment = this.#segments[entry >>> SEGMENT_SHIFT] as Segment;
    const at = entry & SEGMENT_MASK;
    return placeOf(segment.packs[at] as number, segment.offsets[at] as number);
  }

  /** Stores the probe as an entry. */
  #newEntry(place: Place): number {
    const entry = this.#free.pop() ?? this.#entries++;
    if (entry >>> SEGMENT_SHIFT === this.#segments.length) {
      this.#segments.push({
        ids: new Uint32Array(SEGMENT_ENTRIES * KEPT_WORDS),
        packs: new Uint32Array(SEGMENT_ENTRIES),
        offsets: new Uint32Array(SEGMENT_ENTRIES),
      });
    }
    const segment = this.#segments[entry >>> SEGMENT_SHIFT] as Segment;
    const at = entry & SEGMENT_MASK;
    segment.ids.set(this.#probe, at * KEPT_WORDS);
    segment.packs[at] = packOf(place);
    segment.offsets[at] = offsetOf(place);
    return entry;
  }

  /** Twice the slots. Entries go in by age, so that copies of a chunk keep their order as far as they had one. */
  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const tags = new Uint8Array(slots.length);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.#entries; entry++) {
      const segment = this.#segments[entry >>> SEGMENT_SHIFT] as Segment;
      if (segment.packs[entry & SEGMENT_MASK] === NO_PACK) continue;
      const hash = this.#hashOf(entry);
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
      tags[slot] = hash >>> 24;
    }
    this.#slots = slots;
    this.#tags = tags;
  }
}
