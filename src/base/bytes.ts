/** Bytes: comparing and printing them, and reading and writing numbers in them. */

import assert from 'node:assert';

import { RbError } from './errors.ts';

const HEX = /^(?:[0-9a-f]{2})*$/i;

/** Capacity a writer starts with when nothing else is asked for. */
const FIRST_BYTES = 256;
/** A varint's byte of this value or more has a successor. */
const GROUP = 0x80;
/** Groups of seven bits that a varint of 64 bits may take. */
const VARINT_MAX_BYTES = 10;
/** What four groups of a varint hold: 2^28 values. */
const FOUR_GROUPS = 0x1000_0000;
const U32_SPAN = 0x1_0000_0000;
const U64_SPAN = 1n << 64n;

/** A `Buffer` over the same memory; nothing is copied. */
export function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Copies bytes to `at` in `to`, where there must be room; they may overlap. Wherever one of the two lies in shared
 * memory, `set`, `slice` and `copyWithin` take care to tear no word, and cost 0.3 to 0.6 ns a byte. So does `copy` of a
 * whole buffer, which is `set`; of a part it costs a tenth of that.
 */
export function copyBytes(from: Uint8Array, to: Uint8Array, at: number): void {
  const last = from.length - 1;
  if (last < 0) return;
  assert(at >= 0 && at + last < to.length, 'room for what is copied');
  const lastByte = from[last] as number;
  bufferOver(from).copy(to, at, 0, last);
  to[at + last] = lastByte;
}

/** Lower-case hexadecimal, two digits a byte. */
export function hex(bytes: Uint8Array): string {
  return bufferOver(bytes).toString('hex');
}

/**
 * The bytes that {@link hex} printed; upper case is taken as well.
 *
 * @throws RbError `protocol` for anything that is not pairs of hexadecimal digits
 */
export function fromHex(text: string): Uint8Array {
  if (!HEX.test(text)) throw new RbError('protocol', 'This is not hexadecimal text.');
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/**
 * Order of two byte strings, byte by byte as unsigned numbers, a prefix before what it begins: the
 * order of `memcmp` and of entries in pages.
 *
 * @returns negative, zero or positive
 */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  // A native call costs about as much as a loop over this many bytes.
  if (shared > 32) return Buffer.compare(a, b);
  for (let at = 0; at < shared; at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Whether two byte strings are the same. Not in constant time: not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** All parts one after the other, in a new array of the caller's. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let total = 0;
  for (const part of parts) total += part.length;
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function malformed(what: string, offset: number): RbError {
  return new RbError('protocol', `Malformed data: ${what} at byte ${offset}.`, {
    context: { offset },
  });
}

/**
 * A cursor over bytes that may be hostile: every read is checked against the end, and a number that
 * is written longer than needed is refused, so that equal values always have equal bytes.
 *
 * Fixed numbers are little-endian. Varints are LEB128: seven bits a byte, lowest first.
 * The memory stays the caller's and must not change while the reader is in use.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start: number = 0, end: number = bytes.length) {
    if (start < 0 || start > end || end > bytes.length) throw malformed('a range outside', start);
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#end - this.#at;
  }

  /** Where the next read begins, counted from the beginning of the array. */
  get offset(): number {
    return this.#at;
  }

  /** @throws RbError `protocol` at the end, as do all reads below */
  u8(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  u16(): number {
    const at = this.#advance(2);
    const bytes = this.#bytes;
    return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  }

  u32(): number {
    const at = this.#advance(4);
    const bytes = this.#bytes;
    const low =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    return low >>> 0;
  }

  /** A whole number from 0 to 2^53 - 1. @throws RbError `protocol` also for larger ones */
  varint(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let value = 0;
    let scale = 1;
    for (;;) {
      if (at >= this.#end) throw malformed('an unfinished number', start);
      const byte = bytes[at++] as number;
      if (byte < GROUP) {
        if (byte === 0 && at - start > 1) throw malformed('a number longer than needed', start);
        value += byte * scale;
        break;
      }
      value += (byte - GROUP) * scale;
      scale *= GROUP;
      if (at - start >= 8) throw malformed('a number too large', start);
    }
    if (value > Number.MAX_SAFE_INTEGER) throw malformed('a number too large', start);
    this.#at = at;
    return value;
  }

  /** A whole number from 0 to 2^64 - 1. */
  varintBig(): bigint {
    const start = this.#at;
    let at = start;
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= this.#end) throw malformed('an unfinished number', start);
      const byte = this.#bytes[at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < GROUP) {
        if (byte === 0 && at - start > 1) throw malformed('a number longer than needed', start);
        break;
      }
      if (at - start >= VARINT_MAX_BYTES) throw malformed('a number too large', start);
    }
    if (value >= U64_SPAN) throw malformed('a number too large', start);
    this.#at = at;
    return value;
  }

  /** The next bytes as a view of the same memory: copy what has to outlive it. */
  bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** @throws RbError `protocol` if anything is left */
  expectEnd(): void {
    if (this.#at !== this.#end) throw malformed('bytes left over', this.#at);
  }

  #advance(length: number): number {
    const at = this.#at;
    if (!(length >= 0) || length > this.#end - at) throw malformed('the data ends too early', at);
    this.#at = at + length;
    return at;
  }
}

/**
 * A growing array of bytes. Fixed numbers are little-endian, varints LEB128 of the least length.
 * Values out of range are a fault of the caller's and fail an assertion.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #at = 0;

  /** @param capacityBytes - what to reserve at first; it doubles when full */
  constructor(capacityBytes: number = FIRST_BYTES) {
    this.#bytes = new Uint8Array(Math.max(16, capacityBytes));
  }

  /** Bytes written since the beginning or the last {@link take}. */
  get length(): number {
    return this.#at;
  }

  u8(value: number): void {
    assert(value >= 0 && value <= 0xff && Number.isInteger(value), 'u8 out of range');
    if (this.#at === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#at++] = value;
  }

  u16(value: number): void {
    assert(value >= 0 && value <= 0xffff && Number.isInteger(value), 'u16 out of range');
    this.#grow(2);
    this.#bytes[this.#at++] = value;
    this.#bytes[this.#at++] = value >>> 8;
  }

  u32(value: number): void {
    assert(value >= 0 && value < U32_SPAN && Number.isInteger(value), 'u32 out of range');
    this.#grow(4);
    const bytes = this.#bytes;
    bytes[this.#at++] = value;
    bytes[this.#at++] = value >>> 8;
    bytes[this.#at++] = value >>> 16;
    bytes[this.#at++] = value >>> 24;
  }

  /** A whole number from 0 to 2^53 - 1, in one to eight bytes. */
  varint(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'varint out of range');
    this.#grow(8);
    const bytes = this.#bytes;
    let at = this.#at;
    let rest = value;
    if (rest > 0x7fff_ffff) {
      // Four groups at once, so that all shifting is done on small integers.
      const low = rest % FOUR_GROUPS;
      rest = (rest - low) / FOUR_GROUPS;
      bytes[at++] = low | GROUP;
      bytes[at++] = (low >>> 7) | GROUP;
      bytes[at++] = (low >>> 14) | GROUP;
      bytes[at++] = (low >>> 21) | GROUP;
    }
    while (rest >= GROUP) {
      bytes[at++] = (rest & 0x7f) | GROUP;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#at = at;
  }

  /** A whole number from 0 to 2^64 - 1, in one to ten bytes. */
  varintBig(value: bigint): void {
    assert(value >= 0n && value < U64_SPAN, 'varintBig out of range');
    this.#grow(10);
    let rest = value;
    while (rest >= 128n) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | GROUP;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  /** Copies the bytes in, without a length. */
  bytes(source: Uint8Array): void {
    this.#grow(source.length);
    this.#bytes.set(source, this.#at);
    this.#at += source.length;
  }

  /** Everything written, as an array of the caller's; the writer is empty afterwards. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return taken;
  }

  /** Everything written, as a view that the next write may change. */
  peek(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  #grow(extra: number): void {
    const needed = this.#at + extra;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}
