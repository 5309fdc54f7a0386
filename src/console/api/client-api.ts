/** What the client's console and its page say to each other. */

import { Type } from 'typebox';
import type { Static } from 'typebox';

import {
  CopyLine,
  Count,
  Failure,
  Ms,
  Nullable,
  OneOf,
  Path,
  Progress,
  SetKey,
  SnapshotLine,
} from './common.ts';

/** GET /api/session. `closed`: this browser was not opened by `rbbackup gui`; the page says how to. */
export const ClientSession = Type.Object({ state: OneOf('closed', 'ready') });
export type ClientSession = Static<typeof ClientSession>;

/** POST /api/login: by an invitation, or by name at an open hub. Answers a KnownHub. */
export const LoginRequest = Type.Union([
  Type.Object({
    code: Type.String({ minLength: 1, maxLength: 4096 }),
    localPort: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  }),
  Type.Object({
    /** HOST or HOST:PORT */
    server: Type.String({ minLength: 1, maxLength: 255 }),
    name: Type.String({ minLength: 1, maxLength: 255 }),
    localPort: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  }),
]);
export type LoginRequest = Static<typeof LoginRequest>;

/** A hub that this device trusts. POST /api/hubs/current chooses one, DELETE /api/hubs forgets one. */
export const HubChoice = Type.Object({
  fingerprint: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** The user's name there. */
  name: Type.String({ minLength: 1, maxLength: 255 }),
});
export type HubChoice = Static<typeof HubChoice>;
export const KnownHub = Type.Object({
  fingerprint: Type.String(),
  name: Type.String(),
  addresses: Type.Array(Type.String()),
});
export type KnownHub = Static<typeof KnownHub>;

/** GET /api/nearby: hubs that announce themselves on the local network. Takes about two seconds. */
export const NearbyHub = Type.Object({
  name: Type.String(),
  address: Type.String(),
  port: Count,
  /** Says only which of the known ones it claims to be; trust comes from the connection. */
  fingerprint: Nullable(Type.String()),
  open: Type.Boolean(),
});
export type NearbyHub = Static<typeof NearbyHub>;
export const NearbyHubs = Type.Object({ hubs: Type.Array(NearbyHub) });
export type NearbyHubs = Static<typeof NearbyHubs>;

/** GET /api/disk?path=|pathBytes=: the folders of a folder of this machine. Without a path: the user's home. */
export const DiskFolder = Type.Object({
  path: Path,
  parent: Nullable(Path),
  /** By name; at most 5,000. */
  folders: Type.Array(
    Type.Object({ name: Path, path: Path, readable: Type.Boolean(), hidden: Type.Boolean() }),
  ),
  /** More than were listed. */
  more: Type.Boolean(),
  files: Count,
  writable: Type.Boolean(),
  freeBytes: Count,
  /** Places to begin with: home, file systems, folders used lately. */
  places: Type.Array(Type.Object({ kind: OneOf('home', 'root', 'mount', 'recent'), path: Path })),
});
export type DiskFolder = Static<typeof DiskFolder>;

/** POST /api/disk/folder makes one; answers its DiskFolder. */
export const NewFolderRequest = Type.Object({
  parent: Path,
  name: Type.String({ minLength: 1, maxLength: 255 }),
});
export type NewFolderRequest = Static<typeof NewFolderRequest>;

const Advanced = {
  /** The client's own port; 0 or left out: any. */
  localPort: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  limitBytesPerSec: Type.Optional(Type.Integer({ minimum: 1024 })),
};

/** POST /api/tasks answers a Task. */
export const BackupRequest = Type.Object({
  kind: Type.Literal('backup'),
  source: Path,
  /** Left out: the last part of the path. */
  set: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  copies: Type.Integer({ minimum: 0, maximum: 64 }),
  exclude: Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 1000 }),
  recursive: Type.Boolean(),
  delete: Type.Boolean(),
  /** Says what would be sent and deleted; changes nothing. */
  dryRun: Type.Boolean(),
  /** For destinations; null: for ever. */
  waitMs: Nullable(Ms),
  ...Advanced,
});
export type BackupRequest = Static<typeof BackupRequest>;
export const ReceiveRequest = Type.Object({
  kind: Type.Literal('receive'),
  folder: Path,
  /** Null: every set that the user may read, each in a subfolder; else this one, and the folder becomes its tree. */
  set: Nullable(SetKey),
  /** What origins see it as; left out: this machine and the name of the folder. */
  as: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  ...Advanced,
});
export type ReceiveRequest = Static<typeof ReceiveRequest>;
export const RestoreRequest = Type.Object({
  kind: Type.Literal('restore'),
  snapshot: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** Null: all of it. */
  subtree: Nullable(Path),
  into: Path,
  overwrite: Type.Boolean(),
});
export type RestoreRequest = Static<typeof RestoreRequest>;
export const VerifyRequest = Type.Object({ kind: Type.Literal('verify'), folder: Path });
export type VerifyRequest = Static<typeof VerifyRequest>;
export const TaskRequest = Type.Union([
  BackupRequest,
  ReceiveRequest,
  RestoreRequest,
  VerifyRequest,
]);
export type TaskRequest = Static<typeof TaskRequest>;

/**
 * `connecting` to the hub, or trying again; `queued` behind another run of the set; `waiting` for destinations or, as a
 * destination, for transfers; `running`; `copying`: committed at the hub, waiting for verified copies. The others are ends:
 * `incomplete`: committed, but something was left out or too few copies are verified.
 */
export const TaskState = OneOf(
  'connecting',
  'queued',
  'waiting',
  'running',
  'copying',
  'done',
  'incomplete',
  'failed',
  'cancelled',
);
export type TaskState = Static<typeof TaskState>;

/** Something that was left out, or could not be put in place. */
export const Trouble = Type.Object({ path: Path, code: Type.String(), message: Type.String() });
export type Trouble = Static<typeof Trouble>;

/** What came of it; what does not belong to the kind of task is 0 or null. */
export const TaskResult = Type.Object({
  snapshot: Nullable(Type.String()),
  files: Count,
  dirs: Count,
  bytes: Count,
  /** Over the wire, both as sender and as receiver. */
  sentBytes: Count,
  receivedBytes: Count,
  /** Found on this disk. */
  reusedBytes: Count,
  changed: Count,
  deleted: Count,
  mended: Count,
  /** Of a dry run: chunks the hub lacks, in bytes. */
  plannedBytes: Count,
  seconds: Type.Number({ minimum: 0 }),
});
export type TaskResult = Static<typeof TaskResult>;

/** As a destination: one set on its way, or the last that came of it. */
export const TransferLine = Type.Object({
  key: SetKey,
  state: OneOf('receiving', 'verified', 'incomplete', 'failed'),
  progress: Nullable(Progress),
  /** What the origin is reading now; empty if not known. */
  originFile: Path,
  result: Nullable(TaskResult),
  failure: Nullable(Failure),
  endedMs: Nullable(Ms),
});
export type TransferLine = Static<typeof TransferLine>;

export const Task = Type.Object({
  id: Type.String(),
  request: TaskRequest,
  /** The set of a backup or a restore as USER@HOST:SET, once known. */
  set: Nullable(Type.String()),
  state: TaskState,
  startedMs: Ms,
  endedMs: Nullable(Ms),
  progress: Nullable(Progress),
  /** Bytes a second, one figure each second, oldest first, at most 120. */
  rates: Type.Array(Type.Number({ minimum: 0 })),
  /** While too few destinations are there. */
  waiting: Nullable(
    Type.Object({ connected: Count, needed: Count, names: Type.Array(Type.String()) }),
  ),
  /** Who is ahead in the queue, or who waits for us; a sentence. */
  queue: Nullable(Type.String()),
  /** It cannot be reached now; tried again by itself. */
  offline: Nullable(Failure),
  copies: Type.Array(CopyLine),
  /** Newest first, at most 100. */
  transfers: Type.Array(TransferLine),
  /** How many GET /api/tasks/ID/files would list. */
  listed: Count,
  /** The first 100; `troublesTotal` counts all. */
  troubles: Type.Array(Trouble),
  troublesTotal: Count,
  result: Nullable(TaskResult),
  failure: Nullable(Failure),
});
export type Task = Static<typeof Task>;

/** GET /api/state, and the event `state` of GET /api/events: when it changed, at most 4 a second. */
export const ClientState = Type.Object({
  program: Type.String(),
  /** This machine's name in sets. */
  host: Type.String(),
  hubs: Type.Array(KnownHub),
  /** The one in use: the first of `hubs`, if there is any. */
  current: Nullable(KnownHub),
  /** Newest first; those that ended stay until they are removed, at most 200. */
  tasks: Type.Array(Task),
});
export type ClientState = Static<typeof ClientState>;

/**
 * POST /api/tasks/ID/cancel: stops one that is at work. POST /api/tasks/ID/again: begins anew one that ended; answers the new
 * Task. DELETE /api/tasks/ID: takes one that ended off the list.
 * GET /api/tasks/ID/files?filter=&offset=&limit=: what was copied so far, in order; filter is part of a path.
 */
export const TaskFiles = Type.Object({
  total: Count,
  files: Type.Array(Type.Object({ path: Path, deleted: Type.Boolean() })),
});
export type TaskFiles = Static<typeof TaskFiles>;

/** GET /api/sets: what the user may see at the hub, by key. */
export const SetLine = Type.Object({ key: SetKey, snapshots: Count, latest: SnapshotLine });
export type SetLine = Static<typeof SetLine>;
export const Sets = Type.Object({ sets: Type.Array(SetLine) });
export type Sets = Static<typeof Sets>;

/** GET /api/snapshots?user=&host=&set=: newest first, at most 5,000. */
export const Snapshots = Type.Object({ snapshots: Type.Array(SnapshotLine), more: Type.Boolean() });
export type Snapshots = Static<typeof Snapshots>;

export const EntryKind = OneOf('file', 'folder', 'link', 'fifo', 'socket', 'device');
export type EntryKind = Static<typeof EntryKind>;
export const EntryLine = Type.Object({
  /** Its name alone. */
  name: Path,
  /** From the root of the tree. */
  path: Path,
  kind: EntryKind,
  bytes: Count,
  mtimeMs: Type.Integer(),
  /** Permission bits. */
  mode: Count,
  /** Of a link. */
  target: Nullable(Path),
});
export type EntryLine = Static<typeof EntryLine>;

/** GET /api/snapshots/ID/folder?path=|pathBytes=&offset=&limit=: what is directly in a folder. */
export const SnapshotFolder = Type.Object({
  entries: Type.Array(EntryLine),
  /** In all; null where only going on would tell. */
  total: Nullable(Count),
  more: Type.Boolean(),
});
export type SnapshotFolder = Static<typeof SnapshotFolder>;

/** GET /api/snapshots/ID/diff/OTHER?offset=&limit=: from ID to OTHER, in walking order. */
export const ChangeLine = Type.Object({
  change: OneOf('added', 'removed', 'changed', 'metadata'),
  path: Path,
  kind: EntryKind,
  bytesBefore: Nullable(Count),
  bytesAfter: Nullable(Count),
});
export type ChangeLine = Static<typeof ChangeLine>;
export const SnapshotDiff = Type.Object({
  changes: Type.Array(ChangeLine),
  more: Type.Boolean(),
  /** Over all of it. */
  added: Count,
  removed: Count,
  changed: Count,
  metadata: Count,
});
export type SnapshotDiff = Static<typeof SnapshotDiff>;

/**
 * GET /api/find?text=&user=&host=&set=: server-sent events `found` (FoundLine), `searched` (SearchProgress), and `end` (SearchEnd)
 * or `failed` (Failure). A line comes again when an older snapshot turns out to have that version too: it replaces the one of the
 * same key, path and snapshot. A name is found if it contains the text, whatever the case; `*` and `?` stand for what they do in a shell.
 */
export const FoundLine = Type.Object({
  key: SetKey,
  path: Path,
  kind: EntryKind,
  bytes: Count,
  mtimeMs: Type.Integer(),
  /** The newest snapshot that has this version of it. */
  snapshot: Type.String(),
  newestMs: Ms,
  /** The oldest that has it. */
  oldestMs: Ms,
});
export type FoundLine = Static<typeof FoundLine>;
export const SearchProgress = Type.Object({ snapshots: Count, snapshotsTotal: Count });
export type SearchProgress = Static<typeof SearchProgress>;
/** `more`: 10,000 were found, and there are more; then the oldest of each is so only as far as was searched. */
export const SearchEnd = Type.Object({ more: Type.Boolean() });
export type SearchEnd = Static<typeof SearchEnd>;

/** GET /api/snapshots/ID/file?path=|pathBytes=: the file's bytes, as a download. */
