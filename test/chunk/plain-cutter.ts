import { gearTable } from '../../src/chunk/gear.ts';
import { CUT_RULE } from '../../src/model/chunking.ts';
import type { CutRule } from '../../src/model/chunking.ts';

/**
 * The formula of docs/spec/chunking.md in plain TypeScript, on data that is all there: the twin that the
 * compiled cutter is held against. 64 bits are kept as two numbers of 32.
 */
export function plainCuts(data: Uint8Array, rule: CutRule = CUT_RULE): number[] {
  const table = gearTable();
  const low = new Uint32Array(256);
  const high = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    low[byte] = table.readUInt32LE(byte * 8);
    high[byte] = table.readUInt32LE(byte * 8 + 4);
  }
  const lengths: number[] = [];
  for (let start = 0; start < data.length; start += lengths.at(-1) as number) {
    lengths.push(chunkLength(data, start, rule, low, high));
  }
  return lengths;
}

function chunkLength(
  data: Uint8Array,
  start: number,
  rule: CutRule,
  low: Uint32Array,
  high: Uint32Array,
): number {
  const longest = Math.min(rule.maxBytes, data.length - start);
  let lower = 0;
  let upper = 0;
  for (let length = Math.max(1, rule.minBytes - 63); length < longest; length++) {
    const byte = data[start + length - 1] as number;
    upper = ((upper << 1) | (lower >>> 31)) >>> 0;
    const sum = ((lower << 1) >>> 0) + (low[byte] as number);
    lower = sum >>> 0;
    upper = (upper + (high[byte] as number) + (sum > 0xffff_ffff ? 1 : 0)) >>> 0;
    const bits = length < rule.normalBytes ? rule.strictBits : rule.looseBits;
    if (length >= rule.minBytes && upper >>> (32 - bits) === 0) return length;
  }
  return longest;
}
