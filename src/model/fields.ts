import type { ByteReader, ByteWriter } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';

/*
 * Bytes and text of any length in pages and snapshots, as specified in docs/spec/repository.md: the length, then the
 * bytes.
 */

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param bytes copied */
export function writeBytes(out: ByteWriter, bytes: Uint8Array): void {
  out.varint(bytes.length);
  out.bytes(bytes);
}

/**
 * @returns a view on what is read
 * @throws RbError `protocol` when it is longer than allowed, or cut off
 */
export function readBytes(input: ByteReader, mostBytes: number): Uint8Array {
  const length = input.varint();
  if (length > mostBytes)
    throw new RbError('protocol', `A field of ${length} bytes; ${mostBytes} are allowed.`);
  return input.bytes(length);
}

export function writeText(out: ByteWriter, text: string): void {
  writeBytes(out, utf8.encode(text));
}

/**
 * @param malformed a sentence for text that is not UTF-8
 * @throws RbError `protocol`
 */
export function readText(input: ByteReader, mostBytes: number, malformed: string): string {
  const bytes = readBytes(input, mostBytes);
  try {
    return fromUtf8.decode(bytes);
  } catch (cause) {
    throw new RbError('protocol', malformed, { cause });
  }
}
