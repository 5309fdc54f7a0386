/** The addresses of these pages: they carry all that is needed to show the same again. */

import type { Path, SetKey } from '../../../../src/console/api/common.ts';
import { apiUrl } from '../../shared/api.ts';
import type { Query } from '../../shared/api.ts';
import { pathQuery } from '../api.ts';
import { isRoot } from './tree-path.ts';

export const SNAPSHOTS = '/snapshots';

function keyQuery(key: SetKey | null): Query {
  return key === null ? {} : { user: key.user, host: key.host, set: key.set };
}

/** The set that an address names; null if it doesn't. */
export function keyFrom(query: Readonly<Record<string, string>>): SetKey | null {
  const { user, host, set } = query;
  return user === undefined || host === undefined || set === undefined ? null : { user, host, set };
}

export function setPlace(
  key: SetKey,
  at: { month?: string; day?: string | undefined } = {},
): string {
  return apiUrl(SNAPSHOTS, { ...keyQuery(key), month: at.month, day: at.day });
}

/** A folder of a snapshot; with `entry`, the details of something in it. */
export function folderPlace(
  id: string,
  key: SetKey | null,
  folder: Path,
  entry: Path | null = null,
): string {
  return apiUrl(`${SNAPSHOTS}/${id}`, {
    ...keyQuery(key),
    ...(!isRoot(folder) && pathQuery(folder)),
    ...(entry !== null &&
      (entry.pathBytes === undefined ? { entry: entry.path } : { entryBytes: entry.pathBytes })),
  });
}

export function comparePlace(
  key: SetKey,
  ids: { before?: string | undefined; after?: string | undefined; show?: string } = {},
): string {
  const { before, after, show } = ids;
  return apiUrl(`${SNAPSHOTS}/compare`, {
    ...keyQuery(key),
    before,
    after,
    show: show === 'all' ? undefined : show,
  });
}

/** `key`: only in this set. */
export function findPlace(text: string, key: SetKey | null): string {
  return apiUrl(`${SNAPSHOTS}/find`, {
    ...(text !== '' && { text }),
    ...keyQuery(key),
  });
}
