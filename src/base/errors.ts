/** The one class of error that crosses a function's border, and the one list of its codes. */

/**
 * Every code with the sentence that explains it in `docs/spec/errors.md`. A code, once released, keeps
 * its meaning: scripts read it in `--json` output and it travels on the wire. After adding one, run
 * `node scripts/write-errors-doc.ts`. Exit statuses are in `exit-status.ts`.
 */
export const ERROR_CODES = {
  usage: 'The command line is wrong: an unknown option, a missing argument, a value out of range.',
  'not-allowed': 'The user or device has no right to do this at the hub.',
  'not-signed-in': 'This page of the console needs a session: sign in first, or again.',
  'wrong-password': 'This is not the password; try again.',
  'too-many-tries': 'Too many wrong passwords in a row; wait as long as the message says.',
  'not-trusted':
    'The other side could not prove who it is: a wrong fingerprint, or a device the hub does not know.',
  'invitation-expired': 'The invitation was not used in time; ask for a new one.',
  'invitation-used': 'The invitation was used already; ask for a new one.',
  'hub-in-use': 'Another hub is running on the same directory.',
  'port-taken': 'Another program listens on the asked port.',
  'dir-unwritable': 'A directory that has to be written is missing or may not be written.',
  'disk-full': 'There is no space, or no quota, left on the disk that was written to.',
  'missing-chunk': 'A chunk that a page or a snapshot names is nowhere to be found.',
  'damaged-chunk': 'Bytes do not match the id or the checksum they are stored or sent under.',
  'damaged-catalog':
    "The hub's catalog is damaged; move it out of the way and start the hub: snapshots come back from the vault, users and devices have to be invited again.",
  'damaged-state':
    'What this machine remembers of its last run is damaged; it is left aside, and everything is read again.',
  'wrong-receipt':
    'A receipt that the hub keeps is not signed for the copy beside it: the catalog is damaged, or somebody changed it.',
  unreadable: 'A file, folder or attribute could not be read; the rest was taken.',
  'changed-while-read': 'A file kept changing while it was read; what was read last was taken.',
  protocol: 'The other side broke the rules of the protocol, or stored data is malformed.',
  'too-large': 'Something is larger than a limit of the protocol or of the repository format.',
  'name-refused': 'A name could lead outside the folder or cannot exist here; it was refused.',
  'in-the-way': 'Something that no transfer put there is in the way; it was left untouched.',
  differs: 'What is on disk is not what was recorded; verifying with the hub at hand mends it.',
  'connection-lost': 'The connection ended before the work was done.',
  timeout: 'The other side did not answer in time.',
  'too-few-copies': 'The snapshot is committed, but fewer copies than asked were verified.',
  'held-back':
    'The run would change or delete so much that its snapshot is held back from destinations until somebody releases it.',
  'limit-reached': 'A limit that the hub has set for this user is reached.',
  interrupted: 'Stopped by a signal; running the command again goes on from there.',
  'not-found': 'A snapshot, set, user, path or file of that name does not exist.',
  ambiguous: 'A short name fits more than one thing; give more of it.',
  unsupported: 'This system or this version cannot do it.',
  busy: 'Something else is being done to the same thing; try again.',
  internal: 'A fault in rbbackup itself; please report it.',
} as const;

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error may carry besides its code and message. */
export interface RbErrorOptions {
  /** The error underneath. */
  readonly cause?: unknown;
  /** Facts for the log: plain values, no secrets. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Whether trying the same again later can succeed. Default: false. */
  readonly retry?: boolean;
}

/**
 * An error with a code. Its message is a sentence for people that says what is wrong and what to do;
 * names of files in it are escaped already (`escapeName`).
 */
export class RbError extends Error {
  readonly code: ErrorCode;
  /** Whether trying the same again later can succeed. */
  readonly retry: boolean;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: RbErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RbError';
    this.code = code;
    this.retry = options.retry ?? false;
    this.context = options.context ?? {};
  }
}

/** Whether a string, from the wire for example, is one of the known codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}

/** Whether an unknown thrown value is an {@link RbError}, of the given code if one is given. */
export function isRbError(error: unknown, code?: ErrorCode): error is RbError {
  return error instanceof RbError && (code === undefined || error.code === code);
}

/**
 * The thrown value as an {@link RbError}: itself if it is one, otherwise wrapped as its cause under
 * `fallback`. Errors of the system that have a code of their own here (no space left) get that one.
 */
export function toRbError(error: unknown, fallback: ErrorCode = 'internal'): RbError {
  if (error instanceof RbError) return error;
  const systemCode = systemCodeOf(error);
  const code = systemCode === 'ENOSPC' || systemCode === 'EDQUOT' ? 'disk-full' : fallback;
  const message = error instanceof Error ? error.message : String(error);
  return new RbError(code, message, {
    cause: error,
    ...(systemCode === undefined ? {} : { context: { systemCode } }),
  });
}

/** What Node 24 makes of Linux's error 122: it has no name for it. */
const EDQUOT_OF_NODE = 'Unknown system error -122';

/** The `code` of an error of Node or the system (`ENOENT`, `ECONNRESET`, …), if it has one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof RbError || !('code' in error)) return undefined;
  if (error.code === EDQUOT_OF_NODE) return 'EDQUOT';
  return typeof error.code === 'string' ? error.code : undefined;
}
