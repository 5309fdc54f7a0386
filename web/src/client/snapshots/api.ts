/** The routes about snapshots, typed by src/console/api/client-api.ts. */

import type {
  EntryLine,
  SnapshotDiff,
  SnapshotFolder,
  Snapshots,
} from '../../../../src/console/api/client-api.ts';
import type { Path, SetKey, SnapshotLine } from '../../../../src/console/api/common.ts';
import { ApiError, apiUrl, getJson } from '../../shared/api.ts';
import { pathQuery } from '../api.ts';

/** The most that the console answers at once. */
export const MOST_AT_ONCE = 1000;

export function snapshotsOf(key: SetKey, signal: AbortSignal): Promise<Snapshots> {
  return getJson('/api/snapshots', { user: key.user, host: key.host, set: key.set }, signal);
}

/** One snapshot; `key` spares the console a list of all of them. */
export async function snapshotById(
  id: string,
  key: SetKey | null,
  signal: AbortSignal,
): Promise<SnapshotLine> {
  const { snapshots } = await getJson<Snapshots>('/api/snapshots', key ?? {}, signal);
  const found = snapshots.find((snapshot) => snapshot.id === id);
  if (found === undefined) throw notThere('There is no such snapshot, or you may not read it.');
  return found;
}

export function snapshotFolder(
  id: string,
  folder: Path,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<SnapshotFolder> {
  const query = { ...pathQuery(folder), offset, limit };
  return getJson(`/api/snapshots/${id}/folder`, query, signal);
}

/** One of the entries of a folder, wherever in it. */
export async function entryNamed(
  id: string,
  folder: Path,
  isIt: (entry: EntryLine) => boolean,
  signal: AbortSignal,
): Promise<EntryLine> {
  for (let offset = 0; ; offset += MOST_AT_ONCE) {
    const part = await snapshotFolder(id, folder, offset, MOST_AT_ONCE, signal);
    const found = part.entries.find(isIt);
    if (found !== undefined) return found;
    if (!part.more) throw notThere('There is nothing of this name in the folder.');
  }
}

export function snapshotDiff(
  before: string,
  after: string,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<SnapshotDiff> {
  return getJson(`/api/snapshots/${before}/diff/${after}`, { offset, limit }, signal);
}

/** Where a file's bytes are, as a download. */
export function fileUrl(id: string, path: Path): string {
  return apiUrl(`/api/snapshots/${id}/file`, pathQuery(path));
}

function notThere(message: string): ApiError {
  return new ApiError({ code: 'not-found', message }, 404);
}
