/** The kinds of fields that messages are made of, each with its bound. Specified in docs/spec/wire.md. */

import * as v from 'valibot';

import { LIMITS } from '../model/limits.ts';
import { isErrorCode } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import { escapeText } from '../base/names.ts';
import { MAX_IDS } from './wire-limits.ts';

/** A schema that turns anything into a `T` or says why it can't. */
export type Field<T> = v.GenericSchema<unknown, T>;

const LARGEST_TEXT_BYTES = 4096;

/** Bytes of exactly, or of at most, a length. */
export function bytesOf(exactBytes: number): Field<Uint8Array> {
  return v.custom<Uint8Array>((value) => isBytes(value) && value.length === exactBytes);
}

export function bytesUpTo(mostBytes: number): Field<Uint8Array> {
  return v.custom<Uint8Array>((value) => isBytes(value) && value.length <= mostBytes);
}

/** Text of at most so many bytes of UTF-8, without lone surrogates. */
export function textUpTo(mostBytes: number): Field<string> {
  return v.custom<string>((value) => isText(value, mostBytes));
}

/** A chunk id. */
export const id: Field<Uint8Array> = bytesOf(LIMITS.idBytes);

/** Ids one behind the other, 1 to 1,024 of them. */
export const ids: Field<Uint8Array> = v.custom<Uint8Array>(
  (value) =>
    isBytes(value) &&
    value.length > 0 &&
    value.length % LIMITS.idBytes === 0 &&
    value.length <= MAX_IDS * LIMITS.idBytes,
);

/** Secret of an invitation, id of a destination. */
export const bytes16: Field<Uint8Array> = bytesOf(16);

/** A path or a file's name as bytes, empty where there is none. */
export const pathBytes: Field<Uint8Array> = bytesUpTo(LIMITS.pathBytes);

/** The name of a user, a host, a set, a device, a destination: 1 to 255 bytes of text. */
export const label: Field<string> = v.custom<string>(
  (value) => isText(value, LIMITS.labelBytes) && value !== '',
);

/** Words for people. Whatever the other side wrote, what comes out of it is safe to show, and may be sent on. */
export const text: Field<string> = v.pipe(textUpTo(LARGEST_TEXT_BYTES), v.transform(shown));

/** A whole number from 0 to 2^53 - 1: counts, bytes, milliseconds since 1970. */
export const count: Field<number> = v.custom<number>(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
);

/** A whole number from 0 to `most`. */
export function countUpTo(most: number): Field<number> {
  return v.custom<number>(
    (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most,
  );
}

/** Lengths of chunks, 1 to 1,024 of them. One check for the whole list: it is long and frequent. */
export const chunkLengths: Field<number[]> = v.custom<number[]>(
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_IDS &&
    value.every((one) => Number.isInteger(one) && one > 0 && one <= LIMITS.chunkBytes),
);

/** A code of docs/spec/errors.md; one that this version doesn't know reads as `internal`. */
export const errorCode: Field<ErrorCode> = v.pipe(
  v.custom<string>((value) => isText(value, 64)),
  v.transform((value): ErrorCode => (isErrorCode(value) ? value : 'internal')),
);

/** A list of at most so many. */
export function listUpTo<T>(most: number, of: Field<T>): Field<T[]> {
  return v.pipe(v.array(of), v.maxLength(most));
}

/** One of the given words. */
export function oneOf<const T extends string>(...words: readonly T[]): Field<T> {
  return v.picklist(words);
}

/** Escaping makes text longer: what is too long to be sent on then is cut between two characters. */
function shown(value: string): string {
  const escaped = escapeText(value);
  if (Buffer.byteLength(escaped) <= LARGEST_TEXT_BYTES) return escaped;
  const bytes = Buffer.from(escaped).subarray(0, LARGEST_TEXT_BYTES);
  // In the middle of a stream the beginning of a character is kept back.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function isText(value: unknown, mostBytes: number): value is string {
  return (
    typeof value === 'string' &&
    value.length <= mostBytes &&
    value.isWellFormed() &&
    Buffer.byteLength(value) <= mostBytes
  );
}
