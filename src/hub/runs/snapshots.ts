import { RbError } from '../../base/errors.ts';
import { blake3 } from '../../base/hash.ts';
import { decodeBundle, encodeBundle } from '../../model/bundle.ts';
import { decodeSnapshot, encodeSnapshot } from '../../model/snapshot.ts';
import type { SetKey, Snapshot } from '../../model/snapshot.ts';
import type { Finish, LatestSnapshot } from '../../wire/messages-backup.ts';
import type { SnapshotRow } from '../../catalog/catalog.ts';
import type { Counted, Held } from '../../catalog/held.ts';
import type { HubContext } from '../hub-context.ts';
import { equalBytes } from '../../base/bytes.ts';
import { requireFooting } from './footing.ts';
import type { Footing } from './footing.ts';
import type { Run } from './run.ts';

/** The record of a snapshot. @throws RbError `missing-chunk`, `damaged-chunk` */
export async function readSnapshot(hub: HubContext, id: Uint8Array): Promise<Snapshot> {
  const plain = await hub.chunks.plain(id);
  if (plain === undefined) {
    throw new RbError('missing-chunk', 'The record of this snapshot is no longer in the vault.');
  }
  return decodeSnapshot(plain);
}

/** Whether nothing of a snapshot is known to be missing: its pages are there, and no damage was found since. */
export async function isWhole(hub: HubContext, row: SnapshotRow): Promise<boolean> {
  if (row.damaged || row.timeMs <= hub.chunks.damagedSinceMs) return false;
  const record = await hub.chunks.plain(row.id);
  if (record === undefined) return false;
  return decodeSnapshot(record).pages.every((page) => hub.vault.has(page));
}

/** Pages that need not be checked again: those of the newest snapshot, if it is whole. */
export async function trustedPages(
  hub: HubContext,
  latest: SnapshotRow | undefined,
): Promise<readonly Uint8Array[]> {
  if (latest === undefined || !(await isWhole(hub, latest))) return [];
  return (await readSnapshot(hub, latest.id)).pages;
}

/** Whether what a client remembers of a set is still good to build on. */
export async function isGoodMemory(
  hub: HubContext,
  key: SetKey,
  memory: Uint8Array | null,
): Promise<boolean> {
  const row = memory === null ? undefined : hub.catalog.snapshot(memory);
  if (row === undefined) return false;
  const isOfSet = row.key.user === key.user && row.key.host === key.host && row.key.set === key.set;
  return isOfSet && (await isWhole(hub, row));
}

/** A snapshot as an origin is told of it. */
export function latestFor(row: SnapshotRow): LatestSnapshot {
  const { id, timeMs, files, dirs, bytes, sourcePath } = row;
  return { id, timeMs, files, dirs, bytes, sourcePath };
}

export type CommittedRun = {
  readonly snapshot: Uint8Array;
  readonly timeMs: number;
  /** Its tree is that of the snapshot before. */
  readonly isUnchanged: boolean;
  /** Why destinations don't get it; null: they do. */
  readonly held: Held | null;
};

/**
 * Makes a checked run a snapshot. When it resolves, everything is on stable storage: first all chunks and the
 * record in the vault, then, in one transaction, the row in the catalog. When it rejects, nothing is committed.
 *
 * @param footing as it was when the run began
 * @param counted goes into the row with it
 * @throws RbError `disk-full`, `missing-chunk` (what the origin was told is there was found to be damaged since), …
 */
export async function commitRun(
  hub: HubContext,
  run: Run,
  finish: Finish,
  footing: Footing,
  counted: Counted,
): Promise<CommittedRun> {
  const { key, request } = run;
  const latest = hub.catalog.latestSnapshot(key);
  const pages = run.log.pages();
  const nowMs = Math.max(hub.clock.nowMs(), hub.chunks.damagedSinceMs + 1);
  const { files, dirs, bytes, skipped } = finish;
  const snapshot: Snapshot = {
    key,
    timeMs: hub.catalog.nextTimeMs(key, nowMs),
    previous: latest?.id ?? null,
    sourcePath: request.sourcePath,
    recursive: request.recursive,
    deleted: request.delete,
    files,
    dirs,
    bytes,
    skipped,
    pages,
  };
  const plain = encodeSnapshot(snapshot);
  const id = blake3(plain);
  const record = encodeBundle('snapshot', 'stored', [{ id, bytes: plain.length }], plain);
  const isUnchanged = latest !== undefined && (await hasPages(hub, latest.id, pages));
  await hub.vault.append(record, decodeBundle(record));
  await hub.vault.sync();
  requireFooting(hub, footing);
  hub.catalog.commitSnapshot(id, snapshot, counted);
  hub.snapshotCount.value++;
  return { snapshot: id, timeMs: snapshot.timeMs, isUnchanged, held: counted.held };
}

async function hasPages(
  hub: HubContext,
  snapshot: Uint8Array,
  pages: readonly Uint8Array[],
): Promise<boolean> {
  const plain = await hub.chunks.plain(snapshot);
  if (plain === undefined) return false;
  const before = decodeSnapshot(plain).pages;
  return (
    before.length === pages.length &&
    pages.every((id, i) => equalBytes(id, before[i] as Uint8Array))
  );
}
