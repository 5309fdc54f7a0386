import { hex } from '../../../base/bytes.ts';
import type { BackupResult } from '../../../client/backup/request.ts';
import type { VerifyResult } from '../../../client/verify.ts';
import type { RebuildDone } from '../../../rebuild/protocol.ts';
import type { TaskResult } from '../../api/client-api.ts';

const NOTHING: Omit<TaskResult, 'seconds'> = {
  snapshot: null,
  files: 0,
  dirs: 0,
  bytes: 0,
  sentBytes: 0,
  receivedBytes: 0,
  reusedBytes: 0,
  changed: 0,
  deleted: 0,
  mended: 0,
  plannedBytes: 0,
};

/** @param sentBytes over the wire, encryption included */
export function resultOfBackup(
  { snapshot, totals, sentPlainBytes }: BackupResult,
  isDryRun: boolean,
  sentBytes: number,
  seconds: number,
): TaskResult {
  const { files, dirs, bytes, changed, deleted } = totals;
  return {
    ...NOTHING,
    snapshot: snapshot === null ? null : hex(snapshot),
    files,
    dirs,
    bytes,
    changed,
    deleted,
    sentBytes,
    plannedBytes: isDryRun ? sentPlainBytes : 0,
    seconds,
  };
}

export function resultOfRebuild(
  done: RebuildDone & { readonly receivedBytes: number },
  seconds: number,
): TaskResult {
  const { snapshot, files, dirs, bytes, receivedBytes, reusedBytes, deleted, mended } = done;
  return {
    ...NOTHING,
    snapshot: hex(snapshot),
    files,
    dirs,
    bytes,
    receivedBytes,
    reusedBytes,
    deleted,
    mended,
    seconds,
  };
}

export function resultOfVerify(sets: VerifyResult['sets'], seconds: number): TaskResult {
  let [files, bytes, mended] = [0, 0, 0];
  for (const set of sets) {
    files += set.files;
    bytes += set.bytes;
    mended += set.mended;
  }
  return {
    ...NOTHING,
    snapshot: sets.length === 1 && sets[0]?.snapshot ? hex(sets[0].snapshot) : null,
    files,
    bytes,
    mended,
    seconds,
  };
}
