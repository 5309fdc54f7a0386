/** BLAKE3 (https://github.com/BLAKE3-team/BLAKE3-specs), the hash that names chunks, pages and packs. */

import { Blake3Hasher, blake3UrlSafeBase64 } from '@napi-rs/blake-hash';

import { bufferOver } from './bytes.ts';

/** Bytes of a BLAKE3 hash as used everywhere here. */
export const HASH_BYTES = 32;

/** Where text becomes bytes before it is copied to its owner. */
const decoded = Buffer.allocUnsafeSlow(HASH_BYTES);

/**
 * The BLAKE3 hash of some bytes, at once. The library's hash as bytes is memory outside the heap, whose making and
 * collecting cost more than hashing 4 KiB: 1.4 µs a call, against 0.5 by way of text.
 *
 *
 * @param bytes - read during the call only, never kept
 * @returns 32 bytes that belong to the caller
 */
export function blake3(bytes: Uint8Array): Uint8Array {
  decoded.write(blake3UrlSafeBase64(bufferOver(bytes)), 'base64url');
  return new Uint8Array(decoded);
}

/** BLAKE3 of bytes that come in pieces. */
export class Blake3 {
  readonly #hasher = new Blake3Hasher();

  /** Takes in the next piece; it is read during the call only. */
  update(bytes: Uint8Array): this {
    this.#hasher.update(bufferOver(bytes));
    return this;
  }

  /** The hash of everything taken in so far, as 32 bytes of the caller's; more may follow. */
  digest(): Uint8Array {
    return this.#hasher.digestBuffer();
  }
}
