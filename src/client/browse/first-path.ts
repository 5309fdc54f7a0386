import { ByteReader } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { readBytes } from '../../model/fields.ts';
import { LIMITS } from '../../model/limits.ts';
import { checkPath } from '../../model/path.ts';

/**
 * The path of a page's first entry, without decoding the rest: enough to search the pages of a tree, which are in
 * walking order.
 *
 * @returns a copy
 * @throws protocol, unsupported, name-refused
 */
export function firstPathOf(page: Uint8Array): Uint8Array {
  const input = new ByteReader(page);
  if (input.varint() !== 1)
    throw new RbError('unsupported', 'A page has a format that this program does not read.');
  const owners = input.varint();
  if (owners > LIMITS.pageEntries) throw new RbError('protocol', `A page has ${owners} owners.`);
  for (let i = 0; i < owners; i++) {
    input.varint();
    input.varint();
    readBytes(input, LIMITS.ownerBytes);
    readBytes(input, LIMITS.ownerBytes);
  }
  const count = input.varint();
  if (count === 0) throw new RbError('protocol', 'A page has 0 entries.');
  if (input.varint() !== 0)
    throw new RbError('protocol', 'A path shares more than there was before it.');
  const path = readBytes(input, LIMITS.pathBytes).slice();
  checkPath(path);
  return path;
}
