import { readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { BUNDLE_HEAD_BYTES } from '../../src/model/bundle.ts';
import type { ChunkKind } from '../../src/model/bundle.ts';
import { scanPack } from '../../src/vault/directory/scan-pack.ts';

/** The packs of a hub's folder. */
export function packsOf(hubDir: string): string[] {
  const folder = join(hubDir, 'packs');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.pack')).map((name) => join(folder, name));
}

/**
 * Flips a byte in the body of the last record of each kind, where it lies: a running hub learns nothing of it.
 * @returns how many chunks those records hold, by kind
 */
export async function spoilRecords(
  hubDir: string,
  kinds: readonly ChunkKind[],
): Promise<Partial<Record<ChunkKind, number>>> {
  const spoilt: Partial<Record<ChunkKind, number>> = {};
  for (const path of packsOf(hubDir)) {
    const pack = await open(path, 'r+');
    try {
      const at = new Map<ChunkKind, number>();
      for await (const { offset, bundle } of scanPack(pack)) {
        const { kind, recordBytes, chunkCount } = bundle.head;
        if (!kinds.includes(kind)) continue;
        at.set(kind, offset + Math.max(BUNDLE_HEAD_BYTES, recordBytes - 7));
        spoilt[kind] = chunkCount;
      }
      for (const place of at.values()) {
        const byte = Buffer.alloc(1);
        await pack.read(byte, 0, 1, place);
        await pack.write(Buffer.of((byte[0] as number) ^ 0x10), 0, 1, place);
      }
    } finally {
      await pack.close();
    }
  }
  return spoilt;
}
