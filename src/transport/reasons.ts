/** Why connections and streams end. */

import { RbError } from '../base/errors.ts';
import { decodeReason } from '../wire/codec.ts';

/** What FAIL or GOAWAY said, as an error. @throws RbError `protocol` */
export function reasonOf(payload: Uint8Array): RbError {
  const { code, message } = decodeReason(payload);
  return new RbError(code, message, { retry: code === 'busy' || code === 'interrupted' });
}

/** For those who still use a connection that was closed without a reason. */
export function closedHere(): RbError {
  return new RbError('connection-lost', 'This side closed the connection.', { retry: true });
}

/** For a side that has gone without a word. */
export function silent(address: string): RbError {
  const message = `Nothing was heard of ${address} for 25 seconds.`;
  return new RbError('connection-lost', message, { retry: true });
}
