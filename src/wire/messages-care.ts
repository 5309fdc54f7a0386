/** Stream `ask`, as far as what is asked changes something or reads the vault. */

import * as v from 'valibot';

import type { ErrorCode } from '../base/errors.ts';
import { count, errorCode, id, label, listUpTo, pathBytes, text } from './fields.ts';
import type { Field } from './fields.ts';
import { MAX_NAMES } from './wire-limits.ts';

/** client → hub: take this snapshot out of its set. */
export type AskForget = { t: 'ask'; what: 'forget'; snapshot: Uint8Array };

/** client → hub: let this snapshot, which is held back, go on to the destinations. */
export type AskRelease = { t: 'ask'; what: 'release'; snapshot: Uint8Array };

/** client → hub: verify the vault, and with `heal` fetch what is damaged from who holds a copy. */
export type AskCheck = { t: 'ask'; what: 'check'; readData: boolean; heal: boolean };

/** hub → client: it is done, durably. */
export type Done = { t: 'done' };

/** hub → client: how far the check is. At most 4 a second. */
export type Checking = {
  t: 'checking';
  readBytes: number;
  totalBytes: number;
  snapshots: number;
  snapshotsTotal: number;
};

/** hub → client: what a snapshot can't be restored whole for. */
export type Problem = {
  t: 'problem';
  snapshot: Uint8Array;
  user: string;
  host: string;
  set: string;
  /** Null where a page or the record itself is gone. */
  path: Uint8Array | null;
  code: ErrorCode;
  message: string;
};

/** hub → client, the last: what the check has found and healed. */
export type Checked = {
  t: 'checked';
  snapshots: number;
  /** Snapshots that can't be restored whole, after healing. */
  damagedSnapshots: number;
  /** Records of the vault that are not as they were written. */
  damagedRecords: number;
  /** Chunks that were fetched again. */
  healedChunks: number;
  /** Names of the destinations that had them; the first ones if there are very many. */
  from: string[];
  /** Chunks that snapshots need and nobody has who is connected. */
  lackingChunks: number;
};

export const askForgetSchema = v.object({
  t: v.literal('ask'),
  what: v.literal('forget'),
  snapshot: id,
});
export const askReleaseSchema = v.object({
  t: v.literal('ask'),
  what: v.literal('release'),
  snapshot: id,
});
export const askCheckSchema = v.object({
  t: v.literal('ask'),
  what: v.literal('check'),
  readData: v.boolean(),
  heal: v.boolean(),
});
export const doneSchema: Field<Done> = v.object({ t: v.literal('done') });
export const checkingSchema: Field<Checking> = v.object({
  t: v.literal('checking'),
  readBytes: count,
  totalBytes: count,
  snapshots: count,
  snapshotsTotal: count,
});
export const problemSchema: Field<Problem> = v.object({
  t: v.literal('problem'),
  snapshot: id,
  user: label,
  host: label,
  set: label,
  path: v.nullable(pathBytes),
  code: errorCode,
  message: text,
});
export const checkedSchema: Field<Checked> = v.object({
  t: v.literal('checked'),
  snapshots: count,
  damagedSnapshots: count,
  damagedRecords: count,
  healedChunks: count,
  from: listUpTo(MAX_NAMES, label),
  lackingChunks: count,
});
