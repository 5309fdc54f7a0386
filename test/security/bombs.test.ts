import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadNativeZstd } from '../../src/chunk/native-zstd.ts';
import { nodeZstd } from '../../src/chunk/zstd.ts';

const MIB = 1024 * 1024;
const native = loadNativeZstd();

/** Frames may stand one behind the other and decode to their sum: here 1 GiB. */
function bombs(): Uint8Array {
  const one = nodeZstd.compress(Buffer.alloc(8 * MIB), 3, MIB);
  assert(one !== null);
  return Buffer.concat(Array.from({ length: 128 }, () => one));
}

for (const [name, zstd] of [
  ["Node's own zstd", nodeZstd],
  ['the native zstd', native],
] as const) {
  test(`${name} takes no memory for what a frame holds beyond what it should`, (t) => {
    if (zstd === undefined) return t.skip('it is not there');
    const bytes = bombs();
    const beforeKib = process.resourceUsage().maxRSS;
    for (const plainBytes of [1, 1000, 8 * MIB])
      assert.equal(zstd.decompress(bytes, plainBytes), null);
    const grownBytes = (process.resourceUsage().maxRSS - beforeKib) * 1024;
    assert.ok(grownBytes < 100 * MIB, `it took ${grownBytes} bytes`);
    return undefined;
  });
}
