import { ByteReader, ByteWriter } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import { readBytes, readText, writeBytes, writeText } from './fields.ts';
import { LIMITS } from './limits.ts';

/** Whose backup of what: sets of different users or hosts are different sets. */
export type SetKey = { readonly user: string; readonly host: string; readonly set: string };

/** The record that makes a tree of pages a snapshot. Its id is the BLAKE3 of its encoding, like any chunk's. */
export type Snapshot = {
  readonly key: SetKey;
  /** Milliseconds since 1970, stamped by the hub. */
  readonly timeMs: number;
  /** The snapshot of the same set before this one, or null. */
  readonly previous: Uint8Array | null;
  /** Where it was on the origin's disk; for people only. */
  readonly sourcePath: Uint8Array;
  readonly recursive: boolean;
  /** Whether what was gone at the origin was left out. */
  readonly deleted: boolean;
  readonly files: number;
  readonly dirs: number;
  /** Sum of the sizes of its files. */
  readonly bytes: number;
  /** What could not be backed up. */
  readonly skipped: number;
  /** Ids of the pages in order. */
  readonly pages: readonly Uint8Array[];
};

const SNAPSHOT_VERSION = 1;
const RECURSIVE = 1;
const DELETED = 2;
const HAS_PREVIOUS = 4;

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const out = new ByteWriter(256 + snapshot.pages.length * LIMITS.idBytes);
  out.varint(SNAPSHOT_VERSION);
  for (const text of [snapshot.key.user, snapshot.key.host, snapshot.key.set]) writeText(out, text);
  out.varint(snapshot.timeMs);
  const previous = snapshot.previous === null ? 0 : HAS_PREVIOUS;
  out.varint((snapshot.recursive ? RECURSIVE : 0) | (snapshot.deleted ? DELETED : 0) | previous);
  if (snapshot.previous !== null) out.bytes(snapshot.previous);
  writeBytes(out, snapshot.sourcePath);
  for (const count of [snapshot.files, snapshot.dirs, snapshot.bytes, snapshot.skipped])
    out.varint(count);
  out.varint(snapshot.pages.length);
  for (const page of snapshot.pages) out.bytes(page);
  return out.take();
}

/** @throws protocol, unsupported, name-refused (a user, host or set that {@link checkLabel} refuses) */
export function decodeSnapshot(record: Uint8Array): Snapshot {
  const input = new ByteReader(record);
  const version = input.varint();
  if (version !== SNAPSHOT_VERSION) {
    throw new RbError(
      'unsupported',
      `A snapshot has format ${version}; this program reads format ${SNAPSHOT_VERSION}.`,
    );
  }
  const key = {
    user: readLabel(input, 'user'),
    host: readLabel(input, 'host'),
    set: readLabel(input, 'set'),
  };
  const timeMs = input.varint();
  const flags = input.varint();
  if (flags > (RECURSIVE | DELETED | HAS_PREVIOUS))
    throw new RbError('protocol', 'A snapshot has unknown flags.');
  const previous = (flags & HAS_PREVIOUS) === 0 ? null : input.bytes(LIMITS.idBytes);
  const sourcePath = readBytes(input, LIMITS.pathBytes);
  const files = input.varint();
  const dirs = input.varint();
  const bytes = input.varint();
  const skipped = input.varint();
  const count = input.varint();
  if (count === 0 || count > LIMITS.snapshotPages || input.remaining !== count * LIMITS.idBytes) {
    throw new RbError('protocol', 'A snapshot has an impossible number of pages.');
  }
  const pages: Uint8Array[] = [];
  for (let i = 0; i < count; i++) pages.push(input.bytes(LIMITS.idBytes));
  const recursive = (flags & RECURSIVE) !== 0;
  const deleted = (flags & DELETED) !== 0;
  return {
    key,
    timeMs,
    previous,
    sourcePath,
    recursive,
    deleted,
    files,
    dirs,
    bytes,
    skipped,
    pages,
  };
}

/** `USER@HOST:SET`, as people write it. */
export function formatSetKey(key: SetKey): string {
  return `${key.user}@${key.host}:${key.set}`;
}

/**
 * Refuses names of users, hosts and sets that could not be a folder's name at a destination.
 * @throws name-refused
 */
export function checkLabel(what: 'user' | 'host' | 'set', label: string): void {
  const bytes = Buffer.byteLength(label);
  const why = refusal(what, label, bytes);
  if (why !== null)
    throw new RbError(
      'name-refused',
      `The ${what} name '${escapeName(label.slice(0, 80))}' ${why}.`,
    );
}

function refusal(what: string, label: string, bytes: number): string | null {
  if (bytes === 0) return 'is empty';
  if (bytes > 100) return 'is longer than 100 bytes';
  if (label === '.' || label === '..' || label === '.rbbackup') return 'is reserved';
  // eslint-disable-next-line no-control-regex
  if (/[/\\\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(label)) {
    return 'has a slash, a backslash or a control character';
  }
  if (what !== 'set' && /[@:\s]/.test(label)) return "has a space, an '@' or a ':'";
  return label.isWellFormed() ? null : 'is not valid Unicode';
}

function readLabel(input: ByteReader, what: 'user' | 'host' | 'set'): string {
  const label = readText(input, LIMITS.labelBytes, 'A snapshot has a name that is not UTF-8.');
  // It becomes the name of a folder at a destination.
  checkLabel(what, label);
  return label;
}
