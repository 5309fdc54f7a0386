import { basename } from 'node:path';

import { CHUNK_KINDS } from '../../model/bundle.ts';
import type { BundleHead, ChunkKind } from '../../model/bundle.ts';

const FIRST_RECORDS = 64;

/** What is remembered of one pack: where its records begin, how long they are, and which were forgotten. */
export class Pack {
  /** Names the pack in places; starts at 0 and is given anew at each opening of the vault. */
  readonly number: number;
  /** Changes once, when the pack is closed. */
  path: string;
  /** The path that it is being given, from before it is there until it is noted above. */
  nextPath: string | null = null;
  #offsets: Uint32Array = new Uint32Array(FIRST_RECORDS);
  #lengths: Uint32Array = new Uint32Array(FIRST_RECORDS);
  /** Plain bytes times eight, plus the kind's number. */
  #plainsAndKinds: Uint32Array = new Uint32Array(FIRST_RECORDS);
  #count = 0;
  readonly #forgotten = new Set<number>();

  constructor(number: number, path: string) {
    this.number = number;
    this.path = path;
  }

  /** The file's name without its ending. */
  get name(): string {
    return basename(this.path, '.pack');
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes of the records that were not forgotten. */
  get heldBytes(): number {
    let bytes = 0;
    for (let i = 0; i < this.#count; i++)
      if (!this.isForgotten(this.offsetAt(i))) bytes += this.lengthAt(i);
    return bytes;
  }

  /** Where the last record ends. */
  get endBytes(): number {
    return this.#count === 0 ? 0 : this.offsetAt(this.#count - 1) + this.lengthAt(this.#count - 1);
  }

  offsetAt(index: number): number {
    return this.#offsets[index] as number;
  }

  lengthAt(index: number): number {
    return this.#lengths[index] as number;
  }

  kindAt(index: number): ChunkKind {
    return CHUNK_KINDS[(this.#plainsAndKinds[index] as number) % 8] as ChunkKind;
  }

  /** Bytes of a record's chunks before compression. */
  plainBytesAt(index: number): number {
    return (this.#plainsAndKinds[index] as number) >>> 3;
  }

  /** Records come in the order of their offsets. */
  add(offset: number, head: BundleHead): void {
    if (this.#count === this.#offsets.length) {
      this.#offsets = twice(this.#offsets);
      this.#lengths = twice(this.#lengths);
      this.#plainsAndKinds = twice(this.#plainsAndKinds);
    }
    this.#offsets[this.#count] = offset;
    this.#lengths[this.#count] = head.recordBytes;
    this.#plainsAndKinds[this.#count] = head.plainBytes * 8 + CHUNK_KINDS.indexOf(head.kind);
    this.#count++;
  }

  /** Takes the last record out. @returns where it began */
  dropLast(): number {
    this.#count--;
    return this.offsetAt(this.#count);
  }

  /** Which record begins at an offset, or -1. */
  indexOf(offset: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.offsetAt(middle);
      if (found === offset) return middle;
      if (found < offset) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  forget(offset: number): void {
    this.#forgotten.add(offset);
  }

  isForgotten(offset: number): boolean {
    return this.#forgotten.has(offset);
  }

  get forgottenOffsets(): readonly number[] {
    return [...this.#forgotten];
  }
}

function twice(from: Uint32Array): Uint32Array {
  const to = new Uint32Array(from.length * 2);
  to.set(from);
  return to;
}
