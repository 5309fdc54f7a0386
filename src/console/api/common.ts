/**
 * What both consoles say and hear over HTTP. These schemas check requests, shape answers and become the OpenAPI
 * description; the pages take their types from here. Bytes, counts and milliseconds are whole numbers; times are
 * milliseconds since 1970.
 */

import { Type } from 'typebox';
import type { Static, TSchema } from 'typebox';

/** For the pages, which have a sentence for each. */
export type { ErrorCode } from '../../base/errors.ts';

export const Count = Type.Integer({ minimum: 0 });
export const Ms = Type.Integer({ minimum: 0 });

/** Null as well. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** One of these words. */
export const OneOf = <const T extends readonly string[]>(...words: T) =>
  Type.Union(words.map((word) => Type.Literal(word))) as unknown as ReturnType<
    typeof Type.Unsafe<T[number]>
  >;

/**
 * A path or a name from a disk. `path` is UTF-8 with U+FFFD for what is none; only then `pathBytes` is there, the exact
 * bytes in base64, which then count. Not escaped: pages show it as text, with `showName`.
 */
export const Path = Type.Object({
  path: Type.String({ maxLength: 32_768 }),
  pathBytes: Type.Optional(Type.String({ maxLength: 65_536 })),
});
export type Path = Static<typeof Path>;

/** Whose set, from which machine. */
export const SetKey = Type.Object({
  user: Type.String({ minLength: 1, maxLength: 255 }),
  host: Type.String({ minLength: 1, maxLength: 255 }),
  set: Type.String({ minLength: 1, maxLength: 255 }),
});
export type SetKey = Static<typeof SetKey>;

/** What every request that fails is answered with. */
export const Failure = Type.Object({
  /** As in docs/spec/errors.md. */
  code: Type.String(),
  /** A sentence in English that says what is wrong and what to do; safe to show. */
  message: Type.String(),
  /** How long to wait before the next try makes sense, if that is known. */
  waitMs: Type.Optional(Ms),
});
export type Failure = Static<typeof Failure>;

/** Where a transfer is: in the current file, and in all. */
export const Progress = Type.Object({
  phase: Type.String(),
  file: Path,
  fileBytes: Count,
  fileTotal: Count,
  bytes: Count,
  total: Count,
  files: Count,
  filesTotal: Count,
  /** Bytes a second, smoothed. */
  rate: Type.Number({ minimum: 0 }),
  /** Until the end, by that rate; null if not known. */
  leftMs: Nullable(Type.Number({ minimum: 0 })),
});
export type Progress = Static<typeof Progress>;

export const CopyState = OneOf('waiting', 'receiving', 'behind', 'verified', 'failed', 'gone');
export type CopyState = Static<typeof CopyState>;

/** How far one destination is with a run. */
export const CopyLine = Type.Object({
  /** Hexadecimal. */
  destination: Type.String(),
  name: Type.String(),
  state: CopyState,
  bytes: Count,
  total: Count,
  file: Path,
  message: Nullable(Type.String()),
});
export type CopyLine = Static<typeof CopyLine>;

/** A verified copy, and what speaks for it. */
export const KeptCopy = Type.Object({
  destination: Type.String(),
  name: Type.String(),
  verifiedMs: Ms,
  /** When pieces of it, chosen at random, were last proven to be right; null: not since it was verified. */
  provenMs: Nullable(Ms),
  /** Whether the destination's device has signed for it. */
  signed: Type.Boolean(),
});
export type KeptCopy = Static<typeof KeptCopy>;

/** Why a snapshot is held back from destinations: numbers of files. */
export const Held = Type.Object({ changed: Count, deleted: Count, of: Count });
export type Held = Static<typeof Held>;

export const SnapshotLine = Type.Object({
  /** 64 hexadecimal digits. */
  id: Type.String(),
  key: SetKey,
  timeMs: Ms,
  files: Count,
  dirs: Count,
  bytes: Count,
  skipped: Count,
  sourcePath: Path,
  /** Null: it isn't held back. */
  held: Nullable(Held),
  copies: Type.Array(KeptCopy),
});
export type SnapshotLine = Static<typeof SnapshotLine>;

export const Done = Type.Object({ ok: Type.Literal(true) });
export type Done = Static<typeof Done>;
