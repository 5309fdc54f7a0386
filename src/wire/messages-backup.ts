/** Stream `backup`: an origin's run. */

import * as v from 'valibot';

import type { ChunkKind } from '../model/bundle.ts';
import { LIMITS } from '../model/limits.ts';
import {
  bytesUpTo,
  chunkLengths,
  count,
  countUpTo,
  id,
  ids,
  label,
  listUpTo,
  oneOf,
  pathBytes,
  text,
} from './fields.ts';
import type { Field } from './fields.ts';
import { MAX_COPIES, MAX_IDS, MAX_NAMES } from './wire-limits.ts';

/** client → hub, opens the stream. */
export type Backup = {
  t: 'backup';
  set: string;
  host: string;
  sourcePath: Uint8Array;
  recursive: boolean;
  delete: boolean;
  /** Verified copies asked for. */
  copies: number;
  /** How long to wait for them; null: for ever. */
  waitMs: number | null;
  dryRun: boolean;
  /** The snapshot that the client's memory of the last run is of. */
  memory: Uint8Array | null;
};

/** hub → client: another run of the same set is under way. */
export type Queued = { t: 'queued'; behind: string };

/** hub → client: another client asks for a run of the same set and waits for this one. */
export type Contended = { t: 'contended'; by: string };

/** hub → client: destinations that are there, while too few are, and once when enough are. */
export type Waiting = { t: 'waiting'; connected: number; needed: number; names: string[] };

/** The newest snapshot of the set. Its record is a chunk that can be wanted on a `read` stream. */
export type LatestSnapshot = {
  id: Uint8Array;
  timeMs: number;
  files: number;
  dirs: number;
  bytes: number;
  sourcePath: Uint8Array;
};

/** hub → client: offers may begin. */
export type Start = {
  t: 'start';
  run: string;
  latest: LatestSnapshot | null;
  /** Whether `memory` names a snapshot of this set that is whole in the vault. */
  memoryIsGood: boolean;
};

/** client → hub: chunks that the run needs, at most 1,024; at most 32 offers unanswered. */
export type Offer = {
  t: 'offer';
  seq: number;
  kind: Exclude<ChunkKind, 'snapshot'>;
  /** n ids of 32 bytes. */
  ids: Uint8Array;
  /** n lengths of the plain chunks. */
  lengths: number[];
};

/** hub → client, answers offers in their order: bit i (lowest first) set: send the i-th. */
export type WantBits = { t: 'want'; seq: number; bits: Uint8Array };

/** client → hub, item of the log: the next list chunk of a long file that is still being read. */
export type Part = {
  t: 'part';
  path: Uint8Array;
  /** Where in the file the chunk's content begins. */
  offset: number;
  id: Uint8Array;
  bytes: number;
  depth: number;
};

/** client → hub, item of the log: the next page of the tree. */
export type Page = { t: 'page'; id: Uint8Array };

/** Where a transfer is: in the current file, and in all. */
export type Position = {
  file: Uint8Array;
  fileBytes: number;
  fileTotal: number;
  bytes: number;
  total: number;
  files: number;
  filesTotal: number;
};

/** What is being done to which file. client → hub on `backup`, hub → client on `follow`. */
export type Progress = Position & { t: 'progress'; phase: string };

/** client → hub: all is offered, sent and in the log. */
export type Finish = { t: 'finish'; files: number; dirs: number; bytes: number; skipped: number };

/** hub → client: durable under this id. */
export type Committed = {
  t: 'committed';
  snapshot: Uint8Array;
  timeMs: number;
  unchanged: boolean;
  /** The snapshot is held back from destinations until somebody releases it. */
  held?: Held;
};

/** What a run does to the newest state that destinations have: the numbers of files. */
export type Held = { changed: number; deleted: number; of: number };

export const COPY_STATES = [
  'waiting',
  'receiving',
  'behind',
  'verified',
  'failed',
  'gone',
] as const;
export type CopyState = (typeof COPY_STATES)[number];

/** How far one destination is. */
export type Copy = {
  /** Hex of its 16 bytes. */
  destination: string;
  name: string;
  state: CopyState;
  bytes: number;
  total: number;
  file: Uint8Array;
  message?: string;
};

/** hub → client, when changed, at most 4 a second. */
export type Copies = { t: 'copies'; copies: Copy[] };

/** Fields that progress, `at` and runs share. */
export const progressFields: {
  file: Field<Uint8Array>;
  fileBytes: Field<number>;
  fileTotal: Field<number>;
  bytes: Field<number>;
  total: Field<number>;
  files: Field<number>;
  filesTotal: Field<number>;
} = {
  file: pathBytes,
  fileBytes: count,
  fileTotal: count,
  bytes: count,
  total: count,
  files: count,
  filesTotal: count,
};

const destinationHex: Field<string> = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

export const copySchema: Field<Copy> = v.object({
  destination: destinationHex,
  name: label,
  state: oneOf(...COPY_STATES),
  bytes: count,
  total: count,
  file: pathBytes,
  message: v.exactOptional(text),
});

export const partFields: {
  path: Field<Uint8Array>;
  offset: Field<number>;
  id: Field<Uint8Array>;
  bytes: Field<number>;
  depth: Field<number>;
} = { path: pathBytes, offset: count, id, bytes: count, depth: countUpTo(LIMITS.listDepth) };

export const backupSchema: Field<Backup> = v.object({
  t: v.literal('backup'),
  set: label,
  host: label,
  sourcePath: pathBytes,
  recursive: v.boolean(),
  delete: v.boolean(),
  copies: countUpTo(MAX_COPIES),
  waitMs: v.nullable(count),
  dryRun: v.boolean(),
  memory: v.nullable(id),
});
export const queuedSchema: Field<Queued> = v.object({ t: v.literal('queued'), behind: text });
export const contendedSchema: Field<Contended> = v.object({ t: v.literal('contended'), by: text });
export const waitingSchema: Field<Waiting> = v.object({
  t: v.literal('waiting'),
  connected: count,
  needed: count,
  names: listUpTo(MAX_NAMES, label),
});
export const startSchema: Field<Start> = v.object({
  t: v.literal('start'),
  run: label,
  latest: v.nullable(
    v.object({ id, timeMs: count, files: count, dirs: count, bytes: count, sourcePath: pathBytes }),
  ),
  memoryIsGood: v.boolean(),
});
export const offerSchema: Field<Offer> = v.pipe(
  v.object({
    t: v.literal('offer'),
    seq: count,
    kind: oneOf('data', 'list', 'page'),
    ids,
    lengths: chunkLengths,
  }),
  v.check((offer) => offer.ids.length === offer.lengths.length * LIMITS.idBytes),
);
export const wantBitsSchema: Field<WantBits> = v.object({
  t: v.literal('want'),
  seq: count,
  bits: bytesUpTo(MAX_IDS / 8),
});
export const partSchema: Field<Part> = v.object({ t: v.literal('part'), ...partFields });
export const pageSchema: Field<Page> = v.object({ t: v.literal('page'), id });
export const progressSchema: Field<Progress> = v.object({
  t: v.literal('progress'),
  phase: label,
  ...progressFields,
});
export const finishSchema: Field<Finish> = v.object({
  t: v.literal('finish'),
  files: count,
  dirs: count,
  bytes: count,
  skipped: count,
});
export const heldSchema: Field<Held> = v.object({ changed: count, deleted: count, of: count });
export const committedSchema: Field<Committed> = v.object({
  t: v.literal('committed'),
  snapshot: id,
  timeMs: count,
  unchanged: v.boolean(),
  held: v.exactOptional(heldSchema),
});
export const copiesSchema: Field<Copies> = v.object({
  t: v.literal('copies'),
  copies: listUpTo(MAX_COPIES, copySchema),
});
