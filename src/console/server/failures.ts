/** Errors as answers: a status, and a `Failure`. */

import { isRbError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { escapeText } from '../../base/names.ts';
import type { Failure } from '../api/common.ts';

/** The status of each code. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  usage: 400,
  'not-signed-in': 401,
  'not-allowed': 403,
  'wrong-password': 403,
  'not-trusted': 403,
  'name-refused': 403,
  'not-found': 404,
  'hub-in-use': 409,
  'port-taken': 409,
  'in-the-way': 409,
  ambiguous: 409,
  busy: 409,
  'held-back': 409,
  'limit-reached': 403,
  differs: 409,
  'changed-while-read': 409,
  interrupted: 409,
  'invitation-expired': 410,
  'invitation-used': 410,
  'too-large': 413,
  'dir-unwritable': 422,
  unreadable: 422,
  'too-few-copies': 422,
  'too-many-tries': 429,
  'damaged-catalog': 500,
  'damaged-chunk': 500,
  'damaged-state': 500,
  'wrong-receipt': 500,
  'missing-chunk': 500,
  internal: 500,
  unsupported: 501,
  protocol: 502,
  'connection-lost': 502,
  timeout: 504,
  'disk-full': 507,
};

/** An error as an answer. */
export type FailedAnswer = {
  readonly status: number;
  readonly failure: Failure;
  /** A fault of ours, which belongs into the log. */
  readonly isFault: boolean;
};

/**
 * The answer to a request that failed: the code and message of an RbError; of anything else only that it is a fault of
 * ours, as its message may tell what is nobody's business.
 */
export function failureOf(error: unknown): FailedAnswer {
  if (isRbError(error) && error.code !== 'internal') {
    const { code, message } = error;
    const { waitMs } = error.context;
    const wait = typeof waitMs === 'number' ? { waitMs: Math.ceil(waitMs) } : {};
    return { status: STATUS[code], failure: { code, message, ...wait }, isFault: false };
  }
  const message = 'Something went wrong inside rbbackup; its log says more. Please report it.';
  return { status: STATUS.internal, failure: { code: 'internal', message }, isFault: true };
}

/** A fault for the log, with where it came from, in one line. */
export function describeFault(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return escapeText(text.replaceAll(/\s*\n\s*/g, ' | '));
}
