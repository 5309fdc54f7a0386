/** Streams `receive`, `follow` and `read`: destinations and everyone else who fetches chunks. */

import * as v from 'valibot';

import { CHUNK_KINDS } from '../model/bundle.ts';
import type { ChunkKind } from '../model/bundle.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { Position } from './messages-backup.ts';
import { partFields, progressFields } from './messages-backup.ts';
import {
  bytes16,
  bytesUpTo,
  count,
  errorCode,
  id,
  ids,
  label,
  listUpTo,
  oneOf,
  text,
} from './fields.ts';
import type { Field } from './fields.ts';
import { MAX_HAVE, MAX_LOG_ITEMS, MAX_SIGNATURE_BYTES } from './wire-limits.ts';

/** Which set of whom. */
export type SetName = { user: string; host: string; set: string };

/** client → hub, opens a destination's standing order. */
export type Receive = {
  t: 'receive';
  destination: Uint8Array;
  name: string;
  /** This set alone; null: every set that the user may read. */
  filter: SetName | null;
  /** The verified snapshot of each set that is there. */
  have: (SetName & { snapshot: Uint8Array })[];
  /** Whether it answers `want`, `prove` and `mend`; none is sent to one that doesn't say so. */
  answers?: boolean;
};

/** hub → client: a run under way, or a snapshot that this destination doesn't have. */
export type Offered = SetName & {
  t: 'offered';
  run: string | null;
  snapshot: Uint8Array | null;
  files: number;
  bytes: number;
};

/** client → hub, opens one transfer. */
export type Follow = SetName & {
  t: 'follow';
  destination: Uint8Array;
  run: string | null;
  snapshot: Uint8Array | null;
  /** It answers a `mend`: every byte is read again, and what is acknowledged in the end settles the doubt. */
  mends?: boolean;
};

/** client → hub: the items from position `from` on, at most `most`. One outstanding. */
export type Next = { t: 'next'; from: number; most: number };

/** An item of a run's log; `commit` and `abort` are the last. */
export type LogItem =
  | { k: 'part'; path: Uint8Array; offset: number; id: Uint8Array; bytes: number; depth: number }
  | { k: 'page'; id: Uint8Array }
  | { k: 'commit'; snapshot: Uint8Array }
  | { k: 'abort'; code: ErrorCode; message: string };

/** hub → client: at least one item, as soon as there is one. */
export type Log = { t: 'log'; from: number; items: LogItem[] };

/** client → hub on `follow` and `read`, hub → client on `receive`: at most 1,024 ids of one kind. */
export type WantChunks = { t: 'want'; kind: ChunkKind; ids: Uint8Array };

/** Wanted, but not there, or damaged. */
export type Lacking = { t: 'lacking'; ids: Uint8Array };

/** client → hub: how far this destination is. At most 4 a second. */
export type At = Position & { t: 'at'; phase: 'receiving' | 'finishing' };

/** client → hub: everything is on stable storage. */
export type Ack = {
  t: 'ack';
  snapshot: Uint8Array;
  verified: boolean;
  bytes: number;
  receivedBytes: number;
  problems: number;
  message: string;
  /** Of the receipt (docs/spec/repository.md), with the key of the connection's certificate. */
  signature?: Uint8Array;
};

/** hub → client: the acknowledgement is recorded. */
export type Acked = { t: 'acked' };

/** client → hub, opens a stream of wants. */
export type Read = { t: 'read' };

const setName: { user: Field<string>; host: Field<string>; set: Field<string> } = {
  user: label,
  host: label,
  set: label,
};

export const receiveSchema: Field<Receive> = v.object({
  t: v.literal('receive'),
  destination: bytes16,
  name: label,
  filter: v.nullable(v.object(setName)),
  have: listUpTo(MAX_HAVE, v.object({ ...setName, snapshot: id })),
  answers: v.exactOptional(v.boolean()),
});
export const offeredSchema: Field<Offered> = v.pipe(
  v.object({
    t: v.literal('offered'),
    ...setName,
    run: v.nullable(label),
    snapshot: v.nullable(id),
    files: count,
    bytes: count,
  }),
  // A run that is under way, or a snapshot that is committed.
  v.check((message) => message.run !== null || message.snapshot !== null),
);
export const followSchema: Field<Follow> = v.pipe(
  v.object({
    t: v.literal('follow'),
    ...setName,
    destination: bytes16,
    run: v.nullable(label),
    snapshot: v.nullable(id),
    mends: v.exactOptional(v.boolean()),
  }),
  // A run that is under way, or a snapshot that is committed.
  v.check((message) => message.run !== null || message.snapshot !== null),
);
export const nextSchema: Field<Next> = v.object({ t: v.literal('next'), from: count, most: count });
export const logItemSchema: Field<LogItem> = v.variant('k', [
  v.object({ k: v.literal('part'), ...partFields }),
  v.object({ k: v.literal('page'), id }),
  v.object({ k: v.literal('commit'), snapshot: id }),
  v.object({ k: v.literal('abort'), code: errorCode, message: text }),
]);
export const logSchema: Field<Log> = v.pipe(
  v.object({ t: v.literal('log'), from: count, items: listUpTo(MAX_LOG_ITEMS, logItemSchema) }),
  v.check((log) => log.items.length > 0),
);
export const wantChunksSchema: Field<WantChunks> = v.object({
  t: v.literal('want'),
  kind: oneOf(...CHUNK_KINDS),
  ids,
});
export const lackingSchema: Field<Lacking> = v.object({ t: v.literal('lacking'), ids });
export const atSchema: Field<At> = v.object({
  t: v.literal('at'),
  phase: oneOf('receiving', 'finishing'),
  ...progressFields,
});
export const ackSchema: Field<Ack> = v.object({
  t: v.literal('ack'),
  snapshot: id,
  verified: v.boolean(),
  bytes: count,
  receivedBytes: count,
  problems: count,
  message: text,
  signature: v.exactOptional(bytesUpTo(MAX_SIGNATURE_BYTES)),
});
export const ackedSchema: Field<Acked> = v.object({ t: v.literal('acked') });
export const readSchema: Field<Read> = v.object({ t: v.literal('read') });
