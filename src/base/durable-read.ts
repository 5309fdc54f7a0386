import { fstatSync, readSync } from 'node:fs';

/** More than this is only set aside if the file is long enough: what a damaged one claims must not cost memory. */
const UNCHECKED_BYTES = 64 * 1024;

/** Reads up to `bytes` bytes into a new array; fewer at the end of the file. */
export function readAt(fd: number, offset: number, bytes: number): Uint8Array {
  const most = bytes > UNCHECKED_BYTES ? Math.max(0, fstatSync(fd).size - offset) : bytes;
  const into = new Uint8Array(Math.min(bytes, most));
  let got = 0;
  while (got < into.length) {
    const count = readSync(fd, into, got, into.length - got, offset + got);
    if (count === 0) break;
    got += count;
  }
  return got === into.length ? into : into.subarray(0, got);
}
