/** Contents for tests: the same in every run. */

import { createCipheriv, createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const STEP_BYTES = 1 << 20;

/** Bytes that no compressor makes shorter; other ones for each seed. */
export function noise(seed: string, bytes: number): Buffer {
  return stream(seed)(bytes);
}

/** Writes {@link noise} of any length to a file. */
export function writeNoise(path: string, seed: string, bytes: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const next = stream(seed);
  const file = openSync(path, 'w');
  try {
    for (let left = bytes; left > 0; left -= STEP_BYTES)
      writeSync(file, next(Math.min(left, STEP_BYTES)));
  } finally {
    closeSync(file);
  }
}

function stream(seed: string): (bytes: number) => Buffer {
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return (bytes) => cipher.update(Buffer.alloc(bytes));
}

/** Writes files of these contents below a folder; a name that ends in a slash is an empty folder. */
export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, content);
  }
}

/** The quickest folder for temporary files that has room for so many bytes. */
export function roomyFolder(bytes: number): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > bytes) return '/dev/shm';
  } catch {
    // Not everywhere is there a file system in memory.
  }
  return tmpdir();
}
