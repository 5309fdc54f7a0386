import { computed } from '@preact/signals';

import type { Sets, Snapshots } from '../../../../src/console/api/client-api.ts';
import type { Failure, SetKey, SnapshotLine } from '../../../../src/console/api/common.ts';
import { visibleSets } from '../api.ts';
import { clientState, hasEnded } from '../state.ts';
import { snapshotById, snapshotsOf } from './api.ts';
import { useAsked } from './use-asked.ts';

/** As whom we look, and at which hub: another one's answers are others. */
const hubId = computed(() => {
  const current = clientState.value?.current ?? null;
  return current === null ? '' : `${current.fingerprint} ${current.name}`;
});

/** When a backup of ours ended last: then there is a new snapshot. */
const lastBackupMs = computed(() =>
  (clientState.value?.tasks ?? [])
    .filter((task) => task.request.kind === 'backup' && hasEnded(task))
    .reduce((newest, { endedMs }) => Math.max(newest, endedMs ?? 0), 0),
);

export type Asked<T> = {
  readonly value: T | null;
  readonly failure: Failure | null;
  retry(): void;
};

export function useSets(): Asked<Sets> {
  return useAsked(`sets ${hubId.value}`, (signal) => visibleSets(signal), lastBackupMs.value);
}

/** The snapshots of a set, newest first; null: none is asked for. */
export function useHistory(key: SetKey | null): Asked<Snapshots> {
  return useAsked<Snapshots>(
    key === null ? null : `history ${hubId.value} ${JSON.stringify(key)}`,
    async (signal) =>
      key === null ? { snapshots: [], more: false } : await snapshotsOf(key, signal),
    lastBackupMs.value,
  );
}

/** One snapshot, and where it stands among those of its set once they are known. */
export function useSnapshot(
  id: string,
  key: SetKey | null,
): Asked<SnapshotLine> & {
  readonly older: SnapshotLine | null;
  readonly newer: SnapshotLine | null;
} {
  const history = useHistory(key);
  const list = history.value?.snapshots ?? [];
  const at = list.findIndex((snapshot) => snapshot.id === id);
  // The set in the address may be missing, or wrong.
  const isLost = key === null || (history.value !== null && at < 0);
  const alone = useAsked(isLost ? `snapshot ${hubId.value} ${id}` : null, (signal) =>
    snapshotById(id, null, signal),
  );
  const asked = isLost ? alone : history;
  return {
    value: list[at] ?? alone.value,
    failure: asked.failure,
    retry: () => asked.retry(),
    older: at < 0 ? null : (list[at + 1] ?? null),
    newer: at < 1 ? null : (list[at - 1] ?? null),
  };
}

/** Whose set it is, seen from here. */
export function ownerOf(key: SetKey): 'machine' | 'me' | 'other' {
  const state = clientState.value;
  if (key.user !== state?.current?.name) return 'other';
  return key.host === state.host ? 'machine' : 'me';
}
