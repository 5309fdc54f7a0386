/**
 * The subset of CBOR (RFC 8949) that messages are written in: unsigned numbers, doubles, text, bytes, arrays,
 * maps with text keys, true, false, null; all of definite length; no tags. A general decoder allocates arrays by
 * the length they claim and makes objects of the sender's choice out of tags, so reading is done here, and
 * writing by cbor-x.
 */

import { Encoder } from 'cbor-x';

import { RbError } from '../base/errors.ts';

/** What the subset can say. */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | CborValue[]
  | { [key: string]: CborValue };

/** Deepest nesting of arrays and maps; messages need four. */
const MAX_DEPTH = 8;
/** Most values of all kinds in one message, so that a message of tiny ones costs no more memory than it must. */
const MAX_VALUES = 200_000;
const MAX_KEY_BYTES = 64;

const encoder = new Encoder({ useRecords: false, tagUint8Array: false, variableMapSize: true });
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value's bytes, the caller's own. */
export function encodeCbor(value: object): Uint8Array {
  return encoder.encode(value);
}

/**
 * Reads exactly one value. Byte strings in it are copies: `bytes` may be reused at once.
 *
 * @throws RbError `protocol` for everything outside the subset, and for anything left over
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const reader = new CborReader(bytes);
  const value = reader.value(0);
  reader.expectEnd();
  return value;
}

class CborReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    // Not a Buffer, whose `slice` copies nothing.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): CborValue {
    if (++this.#values > MAX_VALUES) throw malformed('too many values');
    if (depth > MAX_DEPTH) throw malformed('too deep a nesting');
    const first = this.#bytes[this.#advance(1)] as number;
    const info = first & 0x1f;
    switch (first >> 5) {
      case 0:
        return this.#argument(info);
      case 2:
        return this.#take(this.#argument(info)).slice();
      case 3:
        return decodeText(this.#take(this.#argument(info)));
      case 4:
        return this.#array(this.#argument(info), depth);
      case 5:
        return this.#map(this.#argument(info), depth);
      case 7:
        return this.#simple(info);
      default:
        throw malformed('a negative number or a tag');
    }
  }

  expectEnd(): void {
    if (this.#at !== this.#bytes.length) throw malformed('bytes left over');
  }

  #array(length: number, depth: number): CborValue[] {
    if (length > this.#bytes.length - this.#at) throw malformed('an array longer than the message');
    const items: CborValue[] = [];
    for (let i = 0; i < length; i++) items.push(this.value(depth + 1));
    return items;
  }

  #map(length: number, depth: number): { [key: string]: CborValue } {
    if (length > this.#bytes.length - this.#at) throw malformed('a map longer than the message');
    const map: { [key: string]: CborValue } = {};
    for (let i = 0; i < length; i++) {
      const key = this.#key();
      if (Object.hasOwn(map, key)) throw malformed('a key twice in a map');
      map[key] = this.value(depth + 1);
    }
    return map;
  }

  #key(): string {
    const first = this.#bytes[this.#advance(1)] as number;
    if (first >> 5 !== 3) throw malformed('a key that is no text');
    const length = this.#argument(first & 0x1f);
    if (length > MAX_KEY_BYTES) throw malformed('a key that is too long');
    const key = decodeText(this.#take(length));
    // Assigning to it would change the object's prototype instead of adding a field.
    if (key === '__proto__') throw malformed('a forbidden key');
    return key;
  }

  #simple(info: number): CborValue {
    if (info === 20) return false;
    if (info === 21) return true;
    if (info === 22) return null;
    // There is one zero: the one below it would be written otherwise than it was read.
    if (info === 27) return this.#view.getFloat64(this.#advance(8)) + 0;
    throw malformed('a simple value outside the subset');
  }

  /** The number in or behind an initial byte. */
  #argument(info: number): number {
    if (info < 24) return info;
    if (info === 24) return this.#bytes[this.#advance(1)] as number;
    if (info === 25) return this.#view.getUint16(this.#advance(2));
    if (info === 26) return this.#view.getUint32(this.#advance(4));
    if (info !== 27) throw malformed('an indefinite or reserved length');
    const at = this.#advance(8);
    const value = this.#view.getUint32(at) * 0x1_0000_0000 + this.#view.getUint32(at + 4);
    if (value > Number.MAX_SAFE_INTEGER) throw malformed('a number above 2^53');
    return value;
  }

  #take(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  #advance(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) throw malformed('an early end');
    this.#at = at + length;
    return at;
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw malformed('text that is not UTF-8', cause);
  }
}

function malformed(what: string, cause?: unknown): RbError {
  return new RbError('protocol', `The other side sent a message with ${what}.`, { cause });
}
