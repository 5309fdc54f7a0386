import { hex } from '../base/bytes.ts';
import { blake3 } from '../base/hash.ts';

/** Of the secret's hash, so many bytes: enough to tell any two apart, and of no use for getting in. */
export const INVITATION_ID_BYTES = 16;

/** What an invitation is called in lists: 32 hexadecimal digits, from which its secret can't be found. */
export function invitationId(secret: Uint8Array): string {
  return hex(blake3(secret).subarray(0, INVITATION_ID_BYTES));
}
