/** Messages to bytes and back. */

import { RbError } from '../base/errors.ts';
import { BUNDLE_HEAD_BYTES, decodeBundleHead } from '../model/bundle.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { checkMessage, checkReason } from './messages.ts';
import type { Message, Reason } from './messages.ts';
import { MESSAGE_BYTES, REASON_BYTES } from './wire-limits.ts';

/** Longer messages for people are cut, so that a reason always fits. */
const REASON_CHARACTERS = 1000;

/**
 * A message's bytes, the caller's own.
 *
 * @throws RbError `too-large` if they would be more than a message may have
 */
export function encodeMessage(message: Message): Uint8Array {
  const bytes = encodeCbor(message);
  if (bytes.length <= MESSAGE_BYTES) return bytes;
  throw new RbError(
    'too-large',
    `A "${message.t}" message of ${bytes.length} bytes cannot be sent.`,
  );
}

/**
 * A checked message. Nothing in it refers to `bytes`.
 *
 * @throws RbError `protocol`
 */
export function decodeMessage(bytes: Uint8Array): Message {
  return checkMessage(decodeCbor(bytes));
}

/** The payload of FAIL and GOAWAY. */
export function encodeReason(reason: Reason): Uint8Array {
  const message = reason.message.slice(0, REASON_CHARACTERS).toWellFormed();
  return encodeCbor({ code: reason.code, message });
}

/** @throws RbError `protocol` */
export function decodeReason(bytes: Uint8Array): Reason {
  if (bytes.length > REASON_BYTES) throw new RbError('protocol', 'A reason is too long.');
  return checkReason(decodeCbor(bytes));
}

/**
 * A record of a wrong length would break the connection at the other end, far from its cause.
 *
 * @throws RbError `damaged-chunk`
 */
export function checkRecordLength(record: Uint8Array): void {
  const head = decodeBundleHead(record.subarray(0, BUNDLE_HEAD_BYTES));
  if (head.recordBytes === record.length) return;
  throw new RbError('damaged-chunk', 'A bundle of chunks is longer or shorter than it says.');
}
