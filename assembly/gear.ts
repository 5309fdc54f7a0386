/*
 * The inner loop of src/chunk/cutter.ts, in AssemblyScript; compiled by scripts/build-wasm.sh to
 * src/chunk/gear.wasm. The memory belongs to the cutter: the gear table, 256 numbers of 64 bits, at 0, and
 * the bytes to judge anywhere behind it.
 *
 * The hash of a place is the sum, over the 64 bytes before it, of table[byte] << distance, modulo 2^64. The
 * shift pushes older bytes out, so a place is judged by these 64 bytes alone, wherever scanning began.
 */

const REACH: usize = 64;

// @ts-ignore: decorator
@inline
function roll(hash: u64, at: usize): u64 {
  return (hash << 1) + load<u64>(<usize>load<u8>(at) << 3);
}

/**
 * The first place p in [from, to), which must not be empty, whose hash begins with `bits` zero bits; 0 if
 * there is none. A place is the address behind its last byte: bytes from - 64 to to - 2 are read.
 *
 * Eight rolls a turn: 2.1-3.3 GB/s against 1.7-2.4 for one (2 cores, Node 24). Two bytes a roll (the 2020
 * paper's) and two interleaved streams reached 2.5.
 */
export function scan(from: usize, to: usize, bits: u32): usize {
  const limit: u64 = (<u64>1) << (64 - bits);
  let hash: u64 = 0;
  for (let at = from - REACH; at < from; at++) hash = roll(hash, at);
  let p = from;
  while (p + 8 < to) {
    if (hash < limit) return p;
    hash = roll(hash, p);
    if (hash < limit) return p + 1;
    hash = roll(hash, p + 1);
    if (hash < limit) return p + 2;
    hash = roll(hash, p + 2);
    if (hash < limit) return p + 3;
    hash = roll(hash, p + 3);
    if (hash < limit) return p + 4;
    hash = roll(hash, p + 4);
    if (hash < limit) return p + 5;
    hash = roll(hash, p + 5);
    if (hash < limit) return p + 6;
    hash = roll(hash, p + 6);
    if (hash < limit) return p + 7;
    hash = roll(hash, p + 7);
    p += 8;
  }
  while (hash >= limit) {
    if (p + 1 >= to) return 0;
    hash = roll(hash, p);
    p++;
  }
  return p;
}
