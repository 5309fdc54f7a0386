import { concatBytes } from '../../../src/base/bytes.ts';
import type { Random } from './random.ts';

/** Ends of ranges, where off-by-one faults live. */
const EDGES = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

type Change = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const CHANGES: readonly Change[] = [
  flipBit,
  setByte,
  addToByte,
  setEdge,
  setEdge,
  remove,
  repeat,
  cut,
  insertNoise,
  insertOther,
  swap,
  varint,
];

/**
 * A changed copy of an input: one to eight changes, more seldom many.
 *
 * @param other - another input, to take pieces of
 * @param words - to put in
 */
export function mutate(
  input: Uint8Array,
  other: Uint8Array,
  words: readonly Uint8Array[],
  random: Random,
  mostBytes: number,
): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(input);
  for (let left = random.short(8); left > 0; left--) {
    const isWord = words.length > 0 && random.below(4) === 0;
    bytes = isWord
      ? put(bytes, random.pick(words), random)
      : random.pick(CHANGES)(bytes, random, other);
  }
  return bytes.length > mostBytes ? bytes.slice(0, mostBytes) : bytes;
}

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length);
  if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
  return bytes;
}

function setByte(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.next();
  return bytes;
}

function addToByte(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length);
  if (bytes.length > 0) bytes[at] = (bytes[at] as number) + random.short(16) - 8;
  return bytes;
}

/** An edge of some width over what is there. */
function setEdge(bytes: Uint8Array, random: Random): Uint8Array {
  const width = random.pick([1, 2, 4]);
  if (bytes.length < width) return bytes;
  const at = random.below(bytes.length - width + 1);
  const value = random.pick(EDGES);
  const isBig = random.below(2) === 0;
  for (let i = 0; i < width; i++) bytes[at + i] = value >>> (8 * (isBig ? width - 1 - i : i));
  return bytes;
}

function remove(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length);
  const to = from + random.short(Math.max(1, bytes.length - from));
  return concatBytes([bytes.subarray(0, from), bytes.subarray(to)]);
}

function repeat(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length);
  const piece = bytes.subarray(from, from + random.short(Math.max(1, bytes.length - from)));
  const times = random.short(8);
  return insert(bytes, concatBytes(Array.from({ length: times }, () => piece)), from);
}

function cut(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random.below(bytes.length + 1));
}

function insertNoise(bytes: Uint8Array, random: Random): Uint8Array {
  const noise = Uint8Array.from({ length: random.short(64) }, () => random.next());
  return insert(bytes, noise, random.below(bytes.length + 1));
}

function insertOther(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const from = random.below(other.length);
  const piece = other.subarray(from, from + random.short(Math.max(1, other.length - from)));
  return put(bytes, piece, random);
}

function swap(bytes: Uint8Array, random: Random): Uint8Array {
  const length = random.short(Math.max(1, bytes.length >> 1));
  const a = random.below(bytes.length - length + 1);
  const b = random.below(bytes.length - length + 1);
  const piece = bytes.slice(a, a + length);
  bytes.copyWithin(a, b, b + length);
  bytes.set(piece.subarray(0, Math.max(0, bytes.length - b)), b);
  return bytes;
}

/** A LEB128 number at or near an edge. */
function varint(bytes: Uint8Array, random: Random): Uint8Array {
  let value = 2 ** random.below(54) - random.below(2);
  const coded: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) coded.push((value % 0x80) | 0x80);
  coded.push(value);
  return put(bytes, Uint8Array.from(coded), random);
}

/** In between, or over what is there. */
function put(bytes: Uint8Array, piece: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  if (random.below(2) === 0) return insert(bytes, piece, at);
  return concatBytes([bytes.subarray(0, at), piece, bytes.subarray(at + piece.length)]);
}

function insert(bytes: Uint8Array, piece: Uint8Array, at: number): Uint8Array {
  return concatBytes([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}
