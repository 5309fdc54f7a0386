import type { ErrorCode } from '../base/errors.ts';
import type { SharedLease } from '../base/shared-arena.ts';

/** What is scanned: a whole folder, the files directly in it, or one file. */
export type ScanWhat = 'tree' | 'flat' | 'file';

/** A request to turn a folder into pages and chunks; goes to the worker as it is. */
export type ScanRequest = {
  /** Absolute path of the folder or file, as bytes. */
  readonly root: Uint8Array;
  readonly what: ScanWhat;
  /** A tree state of the last run, or null. Its marks may all be 'unknown' when only its pages are known. */
  readonly statePath: string | null;
  /**
   * The new state is written here while scanning and is whole at `done`. Its head names no snapshot: after
   * the commit the client writes `encodeStateHead(snapshot)` over its first bytes, and renames it.
   */
  readonly nextStatePath: string;
  /** Whether entries of the last state stay that are no longer on disk: true without -d. */
  readonly keepDeleted: boolean;
  /** Patterns with the rules of .gitignore, in order, relative to the root. `.rbbackup` in the root is always left out. */
  readonly exclude: readonly string[];
  /** Whether to send `files` events. */
  readonly listFiles: boolean;
  /**
   * Trusts nothing of the last state but its entries: every file is read, and every chunk and page is sent as if
   * the hub had none of them. Without it, all that the last state names counts as held by the hub. Default: false.
   */
  readonly forget?: boolean;
  /** What there was last time, if known: sent on as `total` at once. Without it a quick walk counts, after a while. */
  readonly expected?: { readonly files: number; readonly bytes: number };
  /** How long a scan lasts before its walk is begun. Default: 2 s. */
  readonly countAfterMs?: number;
  /** All chunks that are on their way lie in so much memory. At least twice the longest chunk. Default: 16 MiB. */
  readonly memoryBytes?: number;
  /** Chunks of together so many bytes are sent. Default: 1 MiB. */
  readonly bundleBytes?: number;
};

export type ScanChunkKind = 'data' | 'list' | 'page';

/**
 * Chunks that lie one behind the other in `room`: chunk i has the id `ids[32 i .. 32 i + 32)` and is
 * `room.bytes[offsets[i]] …` of `lengths[i]` bytes. In front of the first there is room for the head of a record of all
 * of them (model/bundle.ts). All is the receiver's, who releases the room when its bytes are no longer needed: the
 * scan stands still while none is left. At most 1024 chunks, together as many bytes as one bundle may hold.
 * The same chunk may come again later in the same scan. Chunks that the last state's entry of the same path names
 * do not come (but see `forget`).
 */
export type ScanChunks = {
  readonly t: 'chunks';
  readonly kind: ScanChunkKind;
  readonly room: SharedLease;
  readonly ids: Uint8Array;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
};

/** A list chunk of a long file that is still being read; the chunk itself was sent before. */
export type ScanPart = {
  readonly t: 'part';
  readonly path: Uint8Array;
  /** Where in the file the content of this list begins. */
  readonly offset: number;
  readonly id: Uint8Array;
  /** Bytes of the file that it covers. */
  readonly bytes: number;
  /** Of the content in the list: 0 if it names data chunks. */
  readonly depth: number;
};

/** The next page of the tree, in order, after its chunks. If `isKnown` its bytes were not sent: the last state has it. */
export type ScanPage = { readonly t: 'page'; readonly id: Uint8Array; readonly isKnown: boolean };

/** At most 10 a second. */
export type ScanProgress = {
  readonly t: 'progress';
  /** Path of the file that is being read, relative to the root. */
  readonly file: Uint8Array;
  /** Bytes of it read, of how many. */
  readonly fileBytes: number;
  readonly fileTotal: number;
  /** Bytes, files and folders of the tree that are behind us, read or known to be unchanged. */
  readonly bytes: number;
  readonly files: number;
  readonly dirs: number;
};

/** What there is in all: an estimate until `final`. */
export type ScanTotal = {
  readonly t: 'total';
  readonly files: number;
  readonly bytes: number;
  readonly final: boolean;
};

/** Paths of new or changed files (links and FIFOs too), and of those that are left out since the last state. */
export type ScanFiles = {
  readonly t: 'files';
  readonly paths: Uint8Array[];
  readonly deleted: Uint8Array[];
};

/** Why something was skipped; those of the error codes that concern one path. */
export type SkipCode = Extract<
  ErrorCode,
  'unreadable' | 'changed-while-read' | 'unsupported' | 'name-refused' | 'too-large'
>;

/** Something that isn't in the tree as it is on disk; the scan goes on. */
export type ScanSkipped = {
  readonly t: 'skipped';
  readonly path: Uint8Array;
  readonly code: SkipCode;
  readonly message: string;
};

/** What a scan came to. */
export type ScanTotals = {
  /** Everything in the tree but folders. */
  readonly files: number;
  /** Folders, the root among them. */
  readonly dirs: number;
  /** Sum of the sizes of its files. */
  readonly bytes: number;
  /** New and changed entries that are no folders. */
  readonly changed: number;
  /** Entries of the last state that are left out, folders among them. */
  readonly deleted: number;
  readonly skipped: number;
};

/** The last event: the next state is whole (not fsynced). */
export type ScanDone = ScanTotals & { readonly t: 'done' };

/**
 * The last event: nothing of the scan counts. 'interrupted' after `stop()`, 'not-found' or 'unreadable' for the
 * root, 'disk-full' or 'dir-unwritable' for the next state, 'damaged-state' for the last one: scan again without it.
 */
export type ScanFailed = {
  readonly t: 'failed';
  readonly error: { readonly code: ErrorCode; readonly message: string };
};

export type ScanEvent =
  | ScanChunks
  | ScanPart
  | ScanPage
  | ScanProgress
  | ScanTotal
  | ScanFiles
  | ScanSkipped
  | ScanDone
  | ScanFailed;
