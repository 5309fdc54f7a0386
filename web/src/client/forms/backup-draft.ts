import type { BackupRequest } from '../../../../src/console/api/client-api.ts';
import type { Path } from '../../../../src/console/api/common.ts';
import { parseLimit } from './limit-field.tsx';
import { parseLocalPort } from './local-port-field.tsx';

/** How long to wait for destinations, as the form names it. */
export type Wait = 'forever' | '10m' | '1h' | '1d';

export const WAIT_MS: Readonly<Record<Wait, number | null>> = {
  forever: null,
  '10m': 600_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
};

/** What stands in the form. */
export type BackupDraft = {
  readonly source: Path | null;
  readonly set: string;
  readonly copies: number;
  readonly deletes: boolean;
  readonly exclude: string;
  readonly recursive: boolean;
  readonly wait: Wait;
  readonly limit: string;
  readonly localPort: string;
};

export const EMPTY_BACKUP: BackupDraft = {
  source: null,
  set: '',
  copies: 1,
  deletes: false,
  exclude: '',
  recursive: true,
  wait: 'forever',
  limit: '',
  localPort: '',
};

/** Null if something is not right yet; the fields say what. */
export function backupRequest(draft: BackupDraft, dryRun: boolean): BackupRequest | null {
  const limit = parseLimit(draft.limit);
  const localPort = parseLocalPort(draft.localPort);
  if (draft.source === null || limit === null || localPort === null) return null;
  return {
    kind: 'backup',
    source: draft.source,
    ...(draft.set.trim() !== '' && { set: draft.set.trim() }),
    copies: draft.copies,
    exclude: draft.exclude.split('\n').filter((line) => line.trim() !== ''),
    recursive: draft.recursive,
    delete: draft.deletes,
    dryRun,
    waitMs: WAIT_MS[draft.wait],
    ...(limit !== undefined && { limitBytesPerSec: limit }),
    ...(localPort !== undefined && { localPort }),
  };
}
