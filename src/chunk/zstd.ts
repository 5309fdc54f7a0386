import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** What is needed of a zstd library (RFC 8878). All calls are synchronous and keep no reference. */
export type Zstd = {
  /** @returns one frame of at most `mostBytes` bytes, valid until the next call; null if it would be longer */
  readonly compress: (bytes: Uint8Array, level: number, mostBytes: number) => Uint8Array | null;
  /**
   * @param plainBytes at least 1; the memory that is taken is bounded by it, whatever the input says
   * @param room at least `plainBytes` long: an implementation may write there
   * @returns exactly that many bytes, in an array buffer of their own that may be transferred, or in `room`; null if
   * the input does not decode to that many
   */
  readonly decompress: (
    stored: Uint8Array,
    plainBytes: number,
    room?: Uint8Array,
  ) => Uint8Array | null;
};

/** Frames may ask for no larger window than this, 2^23 = 8 MiB, the longest plain content of a bundle. */
const WINDOW_LOG_MAX = 23;

/** The one that Node offers: everywhere, but with a new context, and its memory, a call. */
export const nodeZstd: Zstd = {
  compress(bytes, level, mostBytes) {
    const params = { [constants.ZSTD_c_compressionLevel]: level };
    try {
      // One output buffer of the right size: growing by the default 16 KiB halves the speed.
      return zstdCompressSync(bytes, {
        params,
        chunkSize: Math.max(64, mostBytes),
        maxOutputLength: mostBytes,
      });
    } catch (error) {
      if (isTooLong(error)) return null;
      throw error;
    }
  },
  decompress(stored, plainBytes) {
    const params = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX };
    try {
      const options = { params, chunkSize: Math.max(64, plainBytes), maxOutputLength: plainBytes };
      const plain = zstdDecompressSync(stored, options);
      if (plain.length !== plainBytes) return null;
      // Node takes short outputs from a pool that several buffers share.
      return plain.buffer.byteLength === plainBytes ? plain : new Uint8Array(plain);
    } catch {
      return null;
    }
  },
};

function isTooLong(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
