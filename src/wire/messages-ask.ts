/** Stream `ask`: one question, one or more answers. */

import * as v from 'valibot';

import { copySchema, heldSchema, progressFields } from './messages-backup.ts';
import type { Copy, Held, Position } from './messages-backup.ts';
import { askCheckSchema, askForgetSchema, askReleaseSchema } from './messages-care.ts';
import type { AskCheck, AskForget, AskRelease } from './messages-care.ts';
import {
  count,
  countUpTo,
  id,
  label,
  listUpTo,
  oneOf,
  pathBytes,
  text,
  textUpTo,
} from './fields.ts';
import type { Field } from './fields.ts';
import { MAX_COPIES, MAX_ROWS } from './wire-limits.ts';

/** client → hub: snapshots, newest first, those taken before `before` (ms since 1970) alone. */
export type AskSnapshots = {
  t: 'ask';
  what: 'snapshots';
  user?: string;
  host?: string;
  set?: string;
  before?: number;
};

/** client → hub: how the hub is; with `watch` again whenever it changes, at most 2 a second, until END. */
export type AskStatus = { t: 'ask'; what: 'status'; watch: boolean };

export type SnapshotCopy = {
  destination: string;
  name: string;
  verifiedMs: number;
  /** When random pieces of it were last proven to be right; 0: never since it was verified. */
  provenMs?: number;
  /** Whether the hub keeps a receipt that the destination's device has signed. */
  signed?: boolean;
};

export type SnapshotRow = {
  id: Uint8Array;
  user: string;
  host: string;
  set: string;
  timeMs: number;
  files: number;
  dirs: number;
  bytes: number;
  skipped: number;
  sourcePath: Uint8Array;
  copies: SnapshotCopy[];
  /** It is held back from destinations. */
  held?: Held;
  /** Something of it is missing or damaged at the hub. */
  damaged?: boolean;
};

/** hub → client: at most 500 rows; `more`: another such message follows. */
export type Snapshots = { t: 'snapshots'; list: SnapshotRow[]; more: boolean };

export type HubStatus = {
  name: string;
  program: string;
  startedMs: number;
  address: string;
  port: number;
  vaultBytes: number;
  plainBytes: number;
  snapshots: number;
};

export const ROLES = ['origin', 'destination', 'observer'] as const;
export type Role = (typeof ROLES)[number];

export type ClientStatus = {
  role: Role;
  user: string;
  host: string;
  name: string;
  device: string;
  address: string;
  sinceMs: number;
  heardMs: number;
  /** In words. */
  doing: string;
};

export type RunStatus = Position & {
  run: string;
  user: string;
  host: string;
  set: string;
  phase: string;
  connected: number;
  needed: number;
  copies: Copy[];
};

/** hub → client. Who is no admin sees runs and clients of its own user alone. */
export type Status = { t: 'status'; hub: HubStatus; clients: ClientStatus[]; runs: RunStatus[] };

/** More clients or runs than these are not listed; a message has its bound as well. */
const MAX_LISTED = 4096;

/** Every question. */
export type Ask = AskSnapshots | AskStatus | AskForget | AskRelease | AskCheck;

export const askSchema: Field<Ask> = v.variant('what', [
  askForgetSchema,
  askReleaseSchema,
  askCheckSchema,
  v.object({
    t: v.literal('ask'),
    what: v.literal('snapshots'),
    user: v.exactOptional(label),
    host: v.exactOptional(label),
    set: v.exactOptional(label),
    before: v.exactOptional(count),
  }),
  v.object({ t: v.literal('ask'), what: v.literal('status'), watch: v.boolean() }),
]);

export const snapshotsSchema: Field<Snapshots> = v.object({
  t: v.literal('snapshots'),
  list: listUpTo(
    MAX_ROWS,
    v.object({
      id,
      user: label,
      host: label,
      set: label,
      timeMs: count,
      files: count,
      dirs: count,
      bytes: count,
      skipped: count,
      sourcePath: pathBytes,
      copies: listUpTo(
        MAX_COPIES,
        v.object({
          destination: label,
          name: label,
          verifiedMs: count,
          provenMs: v.exactOptional(count),
          signed: v.exactOptional(v.boolean()),
        }),
      ),
      held: v.exactOptional(heldSchema),
      damaged: v.exactOptional(v.boolean()),
    }),
  ),
  more: v.boolean(),
});

export const statusSchema: Field<Status> = v.object({
  t: v.literal('status'),
  hub: v.object({
    name: label,
    program: text,
    startedMs: count,
    address: text,
    port: countUpTo(0xffff),
    vaultBytes: count,
    plainBytes: count,
    snapshots: count,
  }),
  clients: listUpTo(
    MAX_LISTED,
    v.object({
      role: oneOf(...ROLES),
      user: label,
      host: label,
      name: textUpTo(255),
      device: label,
      address: text,
      sinceMs: count,
      heardMs: count,
      doing: text,
    }),
  ),
  runs: listUpTo(
    MAX_LISTED,
    v.object({
      run: label,
      user: label,
      host: label,
      set: label,
      phase: label,
      ...progressFields,
      connected: count,
      needed: count,
      copies: listUpTo(MAX_COPIES, copySchema),
    }),
  ),
});
