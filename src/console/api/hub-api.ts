/** What the hub's console and its page say to each other. Routes are listed in docs of `src/console/hub/`. */

import { Type } from 'typebox';
import type { Static } from 'typebox';

import { CopyLine, Count, Ms, Nullable, OneOf, Progress, SetKey, SnapshotLine } from './common.ts';

/** GET /api/session. `setup`: no password yet, and the page may set one, as it is on this machine. */
export const HubSession = Type.Object({
  state: OneOf('setup', 'setup-elsewhere', 'login', 'ready'),
  hub: Type.String(),
});
export type HubSession = Static<typeof HubSession>;

/** POST /api/setup (first password), POST /api/session (login). */
export const PasswordRequest = Type.Object({ password: Type.String({ maxLength: 1024 }) });
export type PasswordRequest = Static<typeof PasswordRequest>;

/** PUT /api/password. */
export const NewPasswordRequest = Type.Object({
  before: Type.String({ maxLength: 1024 }),
  password: Type.String({ maxLength: 1024 }),
});
export type NewPasswordRequest = Static<typeof NewPasswordRequest>;

/** PUT /api/listening starts, or moves to another port; DELETE /api/listening stops. */
export const ListenRequest = Type.Object({
  host: Type.String({ minLength: 1, maxLength: 255 }),
  port: Type.Integer({ minimum: 0, maximum: 65_535 }),
});
export type ListenRequest = Static<typeof ListenRequest>;

export const Rights = OneOf('member', 'read-only', 'admin');
export type Rights = Static<typeof Rights>;
/** What a device may do of what its user may (docs/security.md). */
export const Duty = OneOf('add', 'all', 'destination');
export type Duty = Static<typeof Duty>;

/** A run under way. */
export const RunLine = Type.Object({
  run: Type.String(),
  key: SetKey,
  phase: OneOf('waiting', 'queued', 'live', 'committing', 'committed'),
  /** Null before the first word of the origin. */
  progress: Nullable(Progress),
  connected: Count,
  needed: Count,
  copies: Type.Array(CopyLine),
});
export type RunLine = Static<typeof RunLine>;

/** GET /api/state, and the event `state` of GET /api/events: when it changed, at most 4 a second. */
export const HubState = Type.Object({
  hub: Type.Object({
    name: Type.String(),
    program: Type.String(),
    startedMs: Ms,
    /** Hexadecimal. */
    fingerprint: Type.String(),
    open: Type.Boolean(),
    /** Null while it doesn't listen. */
    listening: Nullable(Type.Object({ address: Type.String(), port: Count })),
    /** Where it listens, or would. */
    chosen: ListenRequest,
    /** Why it doesn't listen though it should; a sentence. */
    problem: Nullable(Type.String()),
  }),
  vault: Type.Object({
    storedBytes: Count,
    plainBytes: Count,
    snapshots: Count,
    /** Of the file system it lies on. */
    freeBytes: Count,
    totalBytes: Count,
  }),
  clients: Type.Object({
    total: Count,
    origins: Count,
    destinations: Count,
    /** Another number each time that GET /api/clients would answer otherwise. */
    version: Count,
  }),
  /** The first 100; `runsTotal` counts all. */
  runs: Type.Array(RunLine),
  runsTotal: Count,
  /** Another number each time that GET /api/copies, /api/vault or /api/snapshots would answer otherwise. */
  historyVersion: Count,
  /** Another number each time that GET /api/check would answer otherwise, but for the reading in the background. */
  careVersion: Count,
  /** Another number each time that GET /api/log would answer otherwise. */
  logVersion: Count,
  /** Sets with fewer verified copies than asked. */
  warnings: Count,
  /** How many snapshots GET /api/held lists. */
  held: Count,
});
export type HubState = Static<typeof HubState>;

/** GET /api/clients, by role and name. */
export const ClientLine = Type.Object({
  role: OneOf('origin', 'destination', 'observer'),
  user: Type.String(),
  host: Type.String(),
  /** As a destination; else empty. */
  name: Type.String(),
  device: Type.String(),
  address: Type.String(),
  sinceMs: Ms,
  heardMs: Ms,
  /** In English words; `set` and `activity` say the same to programs. */
  doing: Type.String(),
  activity: OneOf('backing-up', 'receiving', 'waiting', 'reading', 'idle'),
  set: Nullable(Type.String()),
});
export type ClientLine = Static<typeof ClientLine>;
export const Clients = Type.Object({ clients: Type.Array(ClientLine), total: Count });
export type Clients = Static<typeof Clients>;

/**
 * A set's state of copies. `never`: no snapshot yet; `none`: nobody holds any; `too-few`: the newest snapshot is held by
 * fewer than asked; `old`: enough hold something, but the newest is held by too few for more than a day.
 */
export const CopyWarning = OneOf('never', 'none', 'too-few', 'old');
export type CopyWarning = Static<typeof CopyWarning>;

/** One cell of the matrix; sets and destinations by their place in the lists. */
export const HeldCopy = Type.Object({
  set: Count,
  destination: Count,
  snapshot: Type.String(),
  snapshotTimeMs: Ms,
  /** How many snapshots of the set are newer; 0: it is the newest. */
  behind: Count,
  verifiedMs: Ms,
  /** When pieces of it, chosen at random, were last proven to be right; null: not since it was verified. */
  provenMs: Nullable(Ms),
  /** Whether the destination's device has signed for it. */
  signed: Type.Boolean(),
  bytes: Count,
});
export type HeldCopy = Static<typeof HeldCopy>;

/** GET /api/copies: the matrix of sets and destinations. */
export const CopyMatrix = Type.Object({
  sets: Type.Array(
    Type.Object({
      key: SetKey,
      latest: Nullable(
        Type.Object({
          id: Type.String(),
          timeMs: Ms,
          files: Count,
          bytes: Count,
          damaged: Type.Boolean(),
          /** Whether it is held back: then copies are counted of the newest one that isn't. */
          held: Type.Boolean(),
        }),
      ),
      snapshots: Count,
      /** By the last run. */
      asked: Count,
      /** Verified copies of the newest snapshot that isn't held back. */
      verified: Count,
      warning: Nullable(CopyWarning),
    }),
  ),
  destinations: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      user: Type.String(),
      connected: Type.Boolean(),
      lastSeenMs: Ms,
    }),
  ),
  copies: Type.Array(HeldCopy),
});
export type CopyMatrix = Static<typeof CopyMatrix>;

/** GET /api/vault. */
export const VaultReport = Type.Object({
  storedBytes: Count,
  /** Of different chunks, before compression. */
  plainBytes: Count,
  /** All snapshots laid out in full. */
  standsForBytes: Count,
  records: Count,
  snapshots: Count,
  freeBytes: Count,
  totalBytes: Count,
  /** Oldest first; at most one an hour, at most 1,000 over all time. */
  history: Type.Array(Type.Object({ timeMs: Ms, storedBytes: Count, plainBytes: Count })),
});
export type VaultReport = Static<typeof VaultReport>;

/** GET /api/invitations: open ones, and those of the last 30 days. DELETE /api/invitations/ID withdraws. */
export const Invitation = Type.Object({
  /** Hexadecimal; not the secret. */
  id: Type.String(),
  user: Type.String(),
  rights: Nullable(Rights),
  duty: Duty,
  expiresMs: Ms,
  usedMs: Nullable(Ms),
});
export type Invitation = Static<typeof Invitation>;
export const Invitations = Type.Object({ invitations: Type.Array(Invitation) });
export type Invitations = Static<typeof Invitations>;

/** POST /api/invitations. */
export const InviteRequest = Type.Object({
  user: Type.String({ minLength: 1, maxLength: 255 }),
  /** Null: what the user has now, or member. */
  rights: Nullable(Rights),
  /** Of the device that uses it; left out: add. */
  duty: Type.Optional(Duty),
  validMs: Type.Integer({ minimum: 60_000, maximum: 30 * 24 * 3600 * 1000 }),
  /** HOST:PORT; empty: where this machine can be reached, by what it knows itself. */
  addresses: Type.Array(Type.String({ maxLength: 255 }), { maxItems: 8 }),
});
export type InviteRequest = Static<typeof InviteRequest>;

/** The one time that the code is shown. */
export const NewInvitation = Type.Object({
  invitation: Invitation,
  code: Type.String(),
  addresses: Type.Array(Type.String()),
});
export type NewInvitation = Static<typeof NewInvitation>;

/** PUT /api/users/NAME/limits. Null: no limit. */
export const UserLimits = Type.Object({
  storedBytes: Nullable(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  sets: Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  connections: Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  bytesPerSecond: Nullable(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
});
export type UserLimits = Static<typeof UserLimits>;

/**
 * GET /api/users. PUT /api/users/NAME changes rights, DELETE removes; PUT /api/devices/FINGERPRINT changes a device's duty,
 * DELETE removes it.
 */
export const User = Type.Object({
  name: Type.String(),
  rights: Rights,
  createdMs: Ms,
  limits: UserLimits,
  /** What its backups have added to the vault. */
  storedBytes: Count,
  devices: Type.Array(
    Type.Object({
      fingerprint: Type.String(),
      label: Type.String(),
      /** False: it came to an open hub by name alone. */
      paired: Type.Boolean(),
      duty: Duty,
      createdMs: Ms,
      lastSeenMs: Ms,
    }),
  ),
});
export type User = Static<typeof User>;
export const Users = Type.Object({ users: Type.Array(User) });
export type Users = Static<typeof Users>;
export const RightsRequest = Type.Object({ rights: Rights });
export type RightsRequest = Static<typeof RightsRequest>;
export const DutyRequest = Type.Object({ duty: Duty });
export type DutyRequest = Static<typeof DutyRequest>;

/** GET /api/log: the newest 200 events, newest first. */
export const LogLine = Type.Object({
  timeMs: Ms,
  level: OneOf('info', 'warn', 'error'),
  event: Type.String(),
  message: Type.String(),
  user: Nullable(Type.String()),
  set: Nullable(Type.String()),
  address: Nullable(Type.String()),
  code: Nullable(Type.String()),
});
export type LogLine = Static<typeof LogLine>;
export const Log = Type.Object({ lines: Type.Array(LogLine) });
export type Log = Static<typeof Log>;

/** Query of GET /api/snapshots: newest first, at most 100, those made before `beforeMs` alone. */
export const SnapshotsQuery = Type.Object({
  user: Type.Optional(Type.String({ maxLength: 255 })),
  host: Type.Optional(Type.String({ maxLength: 255 })),
  set: Type.Optional(Type.String({ maxLength: 255 })),
  beforeMs: Type.Optional(Ms),
});
export type SnapshotsQuery = Static<typeof SnapshotsQuery>;
export const HubSnapshots = Type.Object({
  snapshots: Type.Array(SnapshotLine),
  more: Type.Boolean(),
});
export type HubSnapshots = Static<typeof HubSnapshots>;

/**
 * GET /api/held: those that are held back from destinations and that no newer one has overtaken, newest first, at most 100.
 * POST /api/snapshots/ID/release lets one go on to the destinations.
 */
export const HeldSnapshots = Type.Object({ snapshots: Type.Array(SnapshotLine) });
export type HeldSnapshots = Static<typeof HeldSnapshots>;
