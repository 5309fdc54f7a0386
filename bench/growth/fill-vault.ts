/**
 * A program of its own: fills a hub's vault with so many different chunks by the vault's real code: records of 64 chunks, stored as they are.
 * `fill-vault.ts DIR CHUNKS`
 */

import process from 'node:process';

import { blake3 } from '../../src/base/hash.ts';
import { decodeBundle, encodeBundle } from '../../src/model/bundle.ts';
import { openDirectoryVault } from '../../src/vault/directory/open-directory-vault.ts';

/** As many as there are small files of the kernel's sources in a bundle. */
const CHUNKS_PER_RECORD = 64;
const CHUNK_BYTES = 96;
const APPENDS_UNDER_WAY = 64;

const [directory = '', wanted = '0'] = process.argv.slice(2);
const vault = await openDirectoryVault({ directory });
const present = vault.stats().chunks;
const missing = Number(wanted) - present;
let pending: Promise<void>[] = [];
for (let at = 0; at < missing; at += CHUNKS_PER_RECORD) {
  const record = recordOf(present + at, Math.min(CHUNKS_PER_RECORD, missing - at));
  pending.push(vault.append(record, decodeBundle(record)));
  if (pending.length < APPENDS_UNDER_WAY) continue;
  await Promise.all(pending);
  pending = [];
}
await Promise.all(pending);
await vault.close();

/** Chunks that begin with a number of their own, so that no two have an id in common. */
function recordOf(first: number, count: number): Uint8Array {
  const body = Buffer.alloc(count * CHUNK_BYTES, 'chunk ');
  const chunks = Array.from({ length: count }, (_, index) => {
    body.writeDoubleLE(first + index, index * CHUNK_BYTES);
    const plain = body.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    return { id: blake3(plain), bytes: CHUNK_BYTES };
  });
  return encodeBundle('data', 'stored', chunks, body);
}
