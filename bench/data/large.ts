import { createCipheriv } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

const MIB = 1024 * 1024;
/** The same bytes on every machine: AES-128-CTR over zeros, with this key and a counter from 0. */
const KEY = Buffer.from('rbbackup bench 1');

/** What `second` has in front of the first version's bytes, and in their middle. */
const FRONT = Buffer.from('a few bytes in front\n');
const MIDDLE = Buffer.from('a few bytes in the middle\n');

/**
 * Writes a file that does not compress.
 *
 * @param mib - its size; the second version is 47 bytes longer
 * @param version - `second` is `first` with a few bytes put in front and a few in the middle
 */
export function writeLarge(path: string, mib: number, version: 'first' | 'second'): void {
  const cipher = createCipheriv('aes-128-ctr', KEY, Buffer.alloc(16));
  const zeros = Buffer.alloc(MIB);
  const file = openSync(path, 'w');
  try {
    if (version === 'second') writeSync(file, FRONT);
    for (let index = 0; index < mib; index += 1) {
      if (version === 'second' && index === Math.floor(mib / 2)) writeSync(file, MIDDLE);
      writeSync(file, cipher.update(zeros));
    }
  } finally {
    closeSync(file);
  }
}
