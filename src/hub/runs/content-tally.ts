import { ByteWriter } from '../../base/bytes.ts';
import { blake3 } from '../../base/hash.ts';
import { writeContent } from '../../model/content.ts';
import type { Entry } from '../../model/entry.ts';

const FIRST_SLOTS = 1024;
/** 12 bytes each, of which half are used: contents beyond that aren't followed. */
const MOST_SLOTS = 2_097_152;
/** Ids and these are hashes, of which nobody can make another one that begins with the same 64 bits. */
const FINGERPRINT_BYTES = 8;

/**
 * Which contents are gone from one path and not yet seen at another, and which are new and not yet gone. At most 24 MiB; what
 * goes beyond is taken for gone.
 */
export class ContentTally {
  #keys = new Uint32Array(2 * FIRST_SLOTS);
  /** Gone minus new; a slot that was never used has the keys 0 and 0. */
  #counts = new Int32Array(FIRST_SLOTS);
  #used = 0;

  /** A file is gone. @returns whether its content is at a new path, which is used up by that */
  gone(entry: Entry): boolean {
    return this.#add(entry, 1);
  }

  /** A file is at a path that had none. @returns whether its content is gone from another, which is used up by that */
  isNew(entry: Entry): boolean {
    return this.#add(entry, -1);
  }

  #add(entry: Entry, step: 1 | -1): boolean {
    const fingerprint = fingerprintOf(entry);
    const slot = this.#slotOf(wordAt(fingerprint, 0) | 1, wordAt(fingerprint, 4));
    if (slot === -1) return false;
    const count = this.#counts[slot] as number;
    this.#counts[slot] = count + step;
    return count * step < 0;
  }

  /** -1: there is no room for another content. */
  #slotOf(first: number, second: number): number {
    const slots = this.#counts.length;
    let slot = second & (slots - 1);
    for (; this.#keys[2 * slot] !== 0; slot = (slot + 1) & (slots - 1)) {
      if (this.#keys[2 * slot] === first >>> 0 && this.#keys[2 * slot + 1] === second) return slot;
    }
    if (2 * this.#used >= slots) {
      if (slots >= MOST_SLOTS) return -1;
      this.#grow();
      return this.#slotOf(first, second);
    }
    this.#used++;
    this.#keys[2 * slot] = first;
    this.#keys[2 * slot + 1] = second;
    return slot;
  }

  #grow(): void {
    const [keys, counts] = [this.#keys, this.#counts];
    this.#keys = new Uint32Array(2 * keys.length);
    this.#counts = new Int32Array(2 * counts.length);
    this.#used = 0;
    counts.forEach((count, slot) => {
      const first = keys[2 * slot] as number;
      // What has found its other is not kept.
      if (first === 0 || count === 0) return;
      this.#counts[this.#slotOf(first, keys[2 * slot + 1] as number)] = count;
    });
  }
}

function fingerprintOf({ kind, content, target }: Entry): Uint8Array {
  const only = content.refs[0];
  if (kind === 'file' && content.depth === 0 && content.refs.length === 1 && only?.id)
    return only.id.subarray(0, FINGERPRINT_BYTES);
  const out = new ByteWriter(64);
  if (kind === 'file') writeContent(out, content);
  else out.bytes(Buffer.concat([Buffer.from(`${kind} `), target]));
  return blake3(out.take()).subarray(0, FINGERPRINT_BYTES);
}

function wordAt(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
