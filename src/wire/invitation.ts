/**
 * An invitation as one word to hand on: `rbb1-` and base64url (RFC 4648) of
 * secret (16) | fingerprint (32) | name | number of addresses (1) | addresses | check (4),
 * where name and addresses are each one byte of length and UTF-8, and check is the beginning of the
 * BLAKE3 of all before it.
 */

import { concatBytes, equalBytes, ByteReader, ByteWriter } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { Blake3 } from '../base/hash.ts';
import { formatAddress, parseAddress } from './address.ts';

const PREFIX = 'rbb1-';
const SECRET_BYTES = 16;
const FINGERPRINT_BYTES = 32;
const CHECK_BYTES = 4;
const MAX_ADDRESSES = 16;
/** Longer than any code can be: it is refused before it is decoded. */
const MAX_CODE_CHARACTERS = 8192;

export type Invitation = {
  /** Where the hub may be reached, `host:port` each, to be tried in this order. */
  readonly addresses: readonly string[];
  /** SHA-256 of the hub's certificate, 32 bytes. */
  readonly fingerprint: Uint8Array;
  /** The user it is for. */
  readonly name: string;
  readonly secret: Uint8Array;
};

/**
 * The code. It is a secret until it was used.
 *
 * @throws RbError `usage` for a name or an address that doesn't fit
 */
export function encodeInvitation(invitation: Invitation): string {
  const { addresses, fingerprint, name, secret } = invitation;
  if (secret.length !== SECRET_BYTES || fingerprint.length !== FINGERPRINT_BYTES) {
    throw new RbError('internal', 'An invitation has a secret or a fingerprint of a wrong length.');
  }
  if (addresses.length === 0 || addresses.length > MAX_ADDRESSES) {
    throw new RbError('usage', `An invitation needs 1 to ${MAX_ADDRESSES} addresses of the hub.`);
  }
  const out = new ByteWriter();
  out.bytes(secret);
  out.bytes(fingerprint);
  writeText(out, name);
  out.u8(addresses.length);
  for (const address of addresses) writeText(out, formatAddress(parseAddress(address)));
  const content = out.take();
  const code = Buffer.from(concatBytes([content, check(content)])).toString('base64url');
  return PREFIX + code;
}

/**
 * What a code says. White space in it, as from a mail's lines, is skipped.
 *
 * @throws RbError `usage` if it is no code or was copied wrongly
 */
export function decodeInvitation(code: string): Invitation {
  if (code.length > MAX_CODE_CHARACTERS) throw notACode();
  const text = code.replace(/\s+/g, '');
  const letters = text.slice(PREFIX.length);
  if (!text.startsWith(PREFIX) || !/^[\w-]+$/.test(letters)) throw notACode();
  const bytes = new Uint8Array(Buffer.from(letters, 'base64url'));
  const content = bytes.subarray(0, Math.max(0, bytes.length - CHECK_BYTES));
  // Written again it must be the same: base64 has bits at its end that would otherwise be free.
  const isWhole = Buffer.from(bytes).toString('base64url') === letters;
  if (!isWhole || !equalBytes(bytes.subarray(content.length), check(content))) throw notACode();
  try {
    return readContent(new ByteReader(content));
  } catch (cause) {
    throw notACode(cause);
  }
}

function readContent(input: ByteReader): Invitation {
  const secret = input.bytes(SECRET_BYTES).slice();
  const fingerprint = input.bytes(FINGERPRINT_BYTES).slice();
  const name = readText(input);
  const count = input.u8();
  if (count === 0 || count > MAX_ADDRESSES) throw notACode();
  const addresses: string[] = [];
  for (let i = 0; i < count; i++) addresses.push(formatAddress(parseAddress(readText(input))));
  input.expectEnd();
  return { addresses, fingerprint, name, secret };
}

function check(content: Uint8Array): Uint8Array {
  const hash = new Blake3();
  hash.update(content);
  return hash.digest().subarray(0, CHECK_BYTES);
}

function writeText(out: ByteWriter, text: string): void {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0 || bytes.length > 0xff) {
    throw new RbError('usage', 'A name or an address in an invitation is empty or too long.');
  }
  out.u8(bytes.length);
  out.bytes(bytes);
}

function readText(input: ByteReader): string {
  const bytes = input.bytes(input.u8());
  if (bytes.length === 0) throw notACode();
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function notACode(cause?: unknown): RbError {
  return new RbError(
    'usage',
    'This is not an invitation code, or a part of it is missing; copy all of it, from "rbb1-" on.',
    { cause },
  );
}
