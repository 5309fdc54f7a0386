import { createHash } from 'node:crypto';

/**
 * Reproducible bytes that look random, as test/vectors/chunking.json uses them: SHA-256 of the seed's UTF-8 and
 * a counter from 0, 32 bits little-endian, one digest after the other.
 */
export function sampleBytes(seed: string, length: number): Buffer {
  const out = Buffer.alloc(Math.ceil(length / 32) * 32);
  const counter = Buffer.alloc(4);
  for (let block = 0; block * 32 < length; block++) {
    counter.writeUInt32LE(block);
    createHash('sha256')
      .update(seed)
      .update(counter)
      .digest()
      .copy(out, block * 32);
  }
  return out.subarray(0, length);
}

/** Text of some words in random order: compresses about as source code does. */
export function sampleText(seed: string, length: number): Buffer {
  const words = [
    'chunk',
    'return',
    'const',
    ' = ',
    '(',
    ');\n',
    'bundle',
    '  ',
    'if ',
    'bytes',
    'hash',
    '.',
    'offset',
  ];
  const choices = sampleBytes(seed, Math.ceil(length / 2));
  const text: string[] = [];
  for (const choice of choices) text.push(words[choice % words.length] as string, String(choice));
  return Buffer.from(text.join('')).subarray(0, length);
}
