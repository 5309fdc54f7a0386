import { readFileSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';

import { RbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';

const REPLACEMENT = '\ufffd';

/**
 * The bytes of an argument as it was typed. Node decodes arguments as UTF-8 and loses what isn't; on Linux the kernel
 * still has them.
 *
 * @param argv all arguments of the program, of which `text` is one
 * @throws RbError `usage` when it can't be told what was typed
 */
export function argumentBytes(text: string, argv: readonly string[]): Uint8Array {
  if (!text.includes(REPLACEMENT)) return Buffer.from(text);
  const raw = rawArguments().slice(-argv.length);
  const found = raw.filter((bytes) => bytes.toString('utf8') === text);
  const first = found[0];
  if (first === undefined || found.some((bytes) => !bytes.equals(first))) {
    throw new RbError(
      'usage',
      `'${escapeName(text)}' is no UTF-8 and can't be told from another argument; go into its folder and name it by '.'.`,
    );
  }
  return first;
}

/** Refuses an argument that would be taken for another name than was typed. @throws RbError `usage` */
export function textArgument(text: string, what: string): string {
  if (text.includes(REPLACEMENT)) throw new RbError('usage', `${what} has to be a name in UTF-8.`);
  if (text === '' || text.includes('\0'))
    throw new RbError('usage', `${what} is empty or holds a NUL.`);
  return text;
}

/** An absolute path without `.`, `..` and doubled slashes; what is relative counts from the current folder. */
export function absolutePath(path: Uint8Array): Uint8Array {
  // Latin-1 maps each byte to one character and back, so that text functions can be used on bytes.
  const joined = posix.resolve(
    currentFolder().toString('latin1'),
    Buffer.from(path).toString('latin1'),
  );
  return Buffer.from(joined, 'latin1');
}

function currentFolder(): Buffer {
  try {
    return readlinkSync('/proc/self/cwd', { encoding: 'buffer' });
  } catch {
    return Buffer.from(process.cwd());
  }
}

function rawArguments(): Buffer[] {
  let line: Buffer;
  try {
    line = readFileSync('/proc/self/cmdline');
  } catch {
    return [];
  }
  const parts: Buffer[] = [];
  for (let start = 0; start < line.length;) {
    const end = line.indexOf(0, start);
    if (end < 0) break;
    parts.push(line.subarray(start, end));
    start = end + 1;
  }
  return parts;
}
