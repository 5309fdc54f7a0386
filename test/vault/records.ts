import { concatBytes } from '../../src/base/bytes.ts';
import { blake3 } from '../../src/base/hash.ts';
import { decodeBundle, encodeBundle } from '../../src/model/bundle.ts';
import type { Bundle, ChunkKind } from '../../src/model/bundle.ts';
import type { Vault } from '../../src/vault/vault.ts';

export type TestRecord = { readonly record: Uint8Array; readonly bundle: Bundle };

/** Numbers that are the same at every run: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Bytes that do not compress. */
export function noise(seed: number, bytes: number): Uint8Array {
  const next = seeded(seed);
  return Uint8Array.from({ length: bytes }, () => next() & 0xff);
}

/** A record that holds these chunks uncompressed. */
export function recordOf(chunks: readonly Uint8Array[], kind: ChunkKind = 'data'): TestRecord {
  const table = chunks.map((chunk) => ({ id: blake3(chunk), bytes: chunk.length }));
  const record = encodeBundle(kind, 'stored', table, concatBytes(chunks));
  return { record, bundle: decodeBundle(record) };
}

/** A record of `count` chunks that no other seed has. */
export function noiseRecord(seed: number, count: number = 3, bytes: number = 1000): TestRecord {
  return recordOf(Array.from({ length: count }, (_, i) => noise(seed * 1000 + i, bytes + i)));
}

export async function appendAll(vault: Vault, records: readonly TestRecord[]): Promise<void> {
  await Promise.all(records.map(({ record, bundle }) => vault.append(record, bundle)));
}

export function firstId({ bundle }: TestRecord): Uint8Array {
  return bundle.chunks[0]?.id ?? new Uint8Array(32);
}
