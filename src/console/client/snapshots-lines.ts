import { hex } from '../../base/bytes.ts';
import { jsonPath } from '../../base/json-path.ts';
import type { ListedChange } from '../../client/browse/diff-list.ts';
import type { FoundVersion } from '../../client/browse/find-names.ts';
import type { ListedEntry } from '../../client/browse/listed-entry.ts';
import type { EntryKind } from '../../model/entry.ts';
import { nameOf } from '../../model/path.ts';
import type { SnapshotRow } from '../../wire/messages-ask.ts';
import type { ChangeLine, EntryLine, FoundLine } from '../api/client-api.ts';
import type { SnapshotLine } from '../api/common.ts';

/** As people call them. */
const KIND_WORDS: Readonly<Record<EntryKind, EntryLine['kind']>> = {
  dir: 'folder',
  file: 'file',
  symlink: 'link',
  fifo: 'fifo',
};

export function snapshotLine(row: SnapshotRow): SnapshotLine {
  const { id, user, host, set, timeMs, files, dirs, bytes, skipped, sourcePath, copies } = row;
  return {
    id: hex(id),
    key: { user, host, set },
    timeMs,
    files,
    dirs,
    bytes,
    skipped,
    sourcePath: jsonPath(sourcePath),
    held: row.held ?? null,
    copies: copies.map(({ destination, name, verifiedMs, provenMs = 0, signed = false }) => {
      return { destination, name, verifiedMs, provenMs: provenMs === 0 ? null : provenMs, signed };
    }),
  };
}

export function entryLine({ path, kind, mode, size, mtimeMs, target }: ListedEntry): EntryLine {
  return {
    name: jsonPath(nameOf(path)),
    path: jsonPath(path),
    kind: KIND_WORDS[kind],
    bytes: size,
    mtimeMs,
    mode,
    target: kind === 'symlink' ? jsonPath(target) : null,
  };
}

export function changeLine({
  change,
  path,
  kind,
  bytesBefore,
  bytesAfter,
}: ListedChange): ChangeLine {
  return { change, path: jsonPath(path), kind: KIND_WORDS[kind], bytesBefore, bytesAfter };
}

export function foundLine({ key, entry, snapshot, newestMs, oldestMs }: FoundVersion): FoundLine {
  return {
    key,
    path: jsonPath(entry.path),
    kind: KIND_WORDS[entry.kind],
    bytes: entry.size,
    mtimeMs: entry.mtimeMs,
    snapshot: hex(snapshot),
    newestMs,
    oldestMs,
  };
}
