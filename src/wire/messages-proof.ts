/** Stream `receive`, once it stands: what the hub asks a destination about what it holds. */

import * as v from 'valibot';

import { bytes16, count, countUpTo, id, label, listUpTo, pathBytes } from './fields.ts';
import type { Field } from './fields.ts';
import type { SetName } from './messages-follow.ts';
import { MAX_PROOF_BYTES, MAX_RANGES } from './wire-limits.ts';

/** A piece of a file as a snapshot has it. */
export type ProofRange = { path: Uint8Array; offset: number; bytes: number };

/**
 * hub → destination: prove that these pieces are on your disk as the snapshot has them. One outstanding. Answered by
 * `proof` with the same number.
 */
export type Prove = SetName & {
  t: 'prove';
  number: number;
  snapshot: Uint8Array;
  /** Goes into each sum, so that none can be kept instead of the bytes. */
  nonce: Uint8Array;
  ranges: ProofRange[];
};

/** destination → hub: for each range BLAKE3(nonce || bytes of the range as read from the disk now), or null where they can't be read. */
export type Proof = { t: 'proof'; number: number; sums: (Uint8Array | null)[] };

/** hub → destination: what you hold of this set is not what you acknowledged: read all of it again, mend it, acknowledge it. */
export type Mend = SetName & { t: 'mend'; snapshot: Uint8Array };

const setName: { user: Field<string>; host: Field<string>; set: Field<string> } = {
  user: label,
  host: label,
  set: label,
};

export const proveSchema: Field<Prove> = v.pipe(
  v.object({
    t: v.literal('prove'),
    number: count,
    ...setName,
    snapshot: id,
    nonce: bytes16,
    ranges: listUpTo(
      MAX_RANGES,
      v.object({ path: pathBytes, offset: count, bytes: countUpTo(MAX_PROOF_BYTES) }),
    ),
  }),
  // Nothing asked is nothing proven.
  v.check((message) => message.ranges.length > 0),
);
export const proofSchema: Field<Proof> = v.object({
  t: v.literal('proof'),
  number: count,
  sums: listUpTo(MAX_RANGES, v.nullable(id)),
});
export const mendSchema: Field<Mend> = v.object({
  t: v.literal('mend'),
  ...setName,
  snapshot: id,
});
