/** What is said between the client and the worker thread that rebuilds a tree. Everything is structured-cloneable. */

import type { ErrorCode } from '../base/errors.ts';
import type { SharedRange } from '../base/shared-arena.ts';
import type { ChunkTable } from '../chunk/bundle-jobs.ts';
import type { TrashPlace } from './trash.ts';

/**
 * A restore's `stateDir` has this bit in its mode if the root was empty when it began, or when the one began that it goes on
 * from. No file in it: that would go before the folder does, and with it what it says.
 */
export const FRESH_BIT = 0o1000;

/**
 * - `destination`: a folder follows a set: what an earlier transfer put there is changed and deleted, what anybody
 *   else put there is never touched.
 * - `restore`: a snapshot, or a part of one, is laid out once; nothing is remembered.
 * - `verify`: is everything still as the state says? Every byte is read again.
 */
export type RebuildPolicy = 'destination' | 'restore' | 'verify';

export type RebuildRequest = {
  readonly policy: RebuildPolicy;
  /** Absolute path of the tree's folder, raw bytes; made if missing (not when verifying). */
  readonly root: Uint8Array;
  /**
   * Absolute path of a folder on the same file system as `root`; made if missing. It holds `state`, `journal` and
   * `tmp/`, and belongs to one run at a time. A restore passes a name of its own in it (`.rbbackup-restore-XXXX`
   * directly in `root`, say); that folder is removed at the end, unless it was stopped: then what it has begun stays.
   */
  readonly stateDir: string;
  /** Restore: only this path of the snapshot, which lands in `root` under its own last component. */
  readonly subtree: Uint8Array | null;
  /** Restore: replace also what is newer than the snapshot's, and what is of another kind. */
  readonly overwrite: boolean;
  /** Most bytes wanted and not yet here; also bounds the memory taken. */
  readonly windowBytes: number;
  /** Whether `files` events are sent. */
  readonly listFiles: boolean;
  /** Whether set-user-id and set-group-id bits of files are kept. */
  readonly keepSetId: boolean;
  /** Verify: whether what is damaged can be asked for. Else nothing is changed, only reported. */
  readonly canRepair: boolean;
  /** Where what is deleted goes; left out: it is deleted at once. */
  readonly trash?: TrashPlace;
  /** What is expected in all, only for showing progress; 0 if not known. */
  readonly total: number;
  readonly filesTotal: number;
};

/** The run's log as a reader sees it (docs/spec/wire.md). For a restore or a verify: its pages, then `commit`. */
export type LogItem =
  | {
      readonly k: 'part';
      readonly path: Uint8Array;
      /** Where in the file the content of the list begins. */
      readonly offset: number;
      readonly id: Uint8Array;
      /** How much of the file the list stands for. */
      readonly bytes: number;
      /** Depth of the content in the list: 0 if its references are data chunks. */
      readonly depth: number;
    }
  | { readonly k: 'page'; readonly id: Uint8Array }
  | { readonly k: 'commit'; readonly snapshot: Uint8Array }
  | { readonly k: 'abort'; readonly code: ErrorCode; readonly message: string };

/** Kinds of chunks that a rebuild asks for. */
export type WantKind = 'page' | 'list' | 'data';

/** To the worker. */
export type RebuildCommand =
  | { readonly t: 'start'; readonly request: RebuildRequest }
  | { readonly t: 'items'; readonly items: readonly LogItem[] }
  /** Verified chunks that lie in `plain`; answered by `taken`. */
  | { readonly t: 'chunks'; readonly plain: SharedRange; readonly table: ChunkTable }
  | { readonly t: 'lacking'; readonly ids: Uint8Array }
  | { readonly t: 'stop' };

export type RebuildPhase = 'receiving' | 'finishing';

export type RebuildProgress = {
  readonly t: 'at';
  readonly phase: RebuildPhase;
  readonly file: Uint8Array;
  /** Of the current file: done, and in all. */
  readonly fileBytes: number;
  readonly fileTotal: number;
  /** Of the tree, in bytes of files that are in place; totals as the request gave them. */
  readonly bytes: number;
  readonly total: number;
  readonly files: number;
  readonly filesTotal: number;
};

export type RebuildProblem = {
  readonly t: 'problem';
  /** In the tree; empty for the root. */
  readonly path: Uint8Array;
  readonly code: ErrorCode;
  /** A sentence without the path, safe to show. */
  readonly message: string;
};

export type RebuildDone = {
  readonly t: 'done';
  readonly snapshot: Uint8Array;
  /** Every entry is in place with content and metadata, and on stable storage. */
  readonly verified: boolean;
  readonly files: number;
  readonly dirs: number;
  /** Sum of the sizes of the files. */
  readonly bytes: number;
  /** Written to files, of which `reusedBytes` came from this disk. */
  readonly writtenBytes: number;
  readonly reusedBytes: number;
  readonly deleted: number;
  /** Entries that were not as the state said and are right again. */
  readonly mended: number;
  readonly problems: number;
};

export type RebuildFailed = {
  readonly t: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  readonly retry: boolean;
};

/** What the client learns of it. */
export type RebuildEvent =
  /** Ready for so many more log items. */
  | { readonly t: 'more'; readonly most: number }
  /** Each id once, until it arrives or is said to be lacking; the bytes outstanding stay within the window. */
  | { readonly t: 'want'; readonly kind: WantKind; readonly ids: Uint8Array }
  /** At most four a second. */
  | RebuildProgress
  /** Paths that were put in place, or deleted; in batches. */
  | { readonly t: 'files'; readonly paths: readonly Uint8Array[]; readonly deleted: boolean }
  | RebuildProblem
  | RebuildDone
  | RebuildFailed;

/** From the worker. `taken`: the plain bytes of the oldest `chunks` that had no answer yet are not needed any more. */
export type RebuildAnswer = RebuildEvent | { readonly t: 'taken' };
