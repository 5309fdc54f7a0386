/**
 * Where files are cut, as a part of the repository format: a change here makes every stored chunk foreign to
 * every new one. Specified in docs/spec/chunking.md; src/chunk/cutter.ts is the implementation.
 *
 * FastCDC: Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data
 * Deduplication", USENIX ATC 2016; "The Design of Fast Content-Defined Chunking", IEEE TPDS 31(9), 2020.
 */

/** The numbers that decide where a chunk ends. */
export type CutRule = {
  /** A chunk is shorter than this only at the end of the data. At least 64, the reach of the hash. */
  readonly minBytes: number;
  /** From this length on the loose condition is used instead of the strict one. */
  readonly normalBytes: number;
  /** A chunk is never longer. */
  readonly maxBytes: number;
  /** Leading zero bits of the gear hash that end a chunk shorter than `normalBytes`. */
  readonly strictBits: number;
  /** The same from `normalBytes` on. */
  readonly looseBits: number;
};

/** The rule of the repository format: 256 KiB to 4 MiB, 1.0 MiB on average on random data. */
export const CUT_RULE: CutRule = {
  minBytes: 256 * 1024,
  normalBytes: 832 * 1024,
  maxBytes: 4 * 1024 * 1024,
  strictBits: 22,
  looseBits: 18,
};

/** Entry `b` of the gear table is the first 8 bytes, little-endian, of SHA-256 of this text and the byte `b`. */
export const GEAR_SEED = 'rbbackup gear v1';
