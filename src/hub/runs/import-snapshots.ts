import { isRbError } from '../../base/errors.ts';
import { decodeSnapshot } from '../../model/snapshot.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { TreeCheck } from '../../vault/check-trees.ts';
import type { HubContext } from '../hub-context.ts';
import { breakerFor } from './breaker.ts';
import { RunLog } from './run-log.ts';

type Found = { readonly id: Uint8Array; readonly snapshot: Snapshot };

/**
 * Takes the snapshots of the vault that the catalog lacks into it: all of them if it is new, so that a lost one loses no
 * backup; the last ones if its log was lost, or if the hub ended between the two (docs/spec/repository.md, 8). A new
 * catalog costs reading the pages of all snapshots, which are looked through: one of which anything is missing is taken
 * in as damaged. A catalog that has as many snapshots as the vault isn't compared.
 *
 * @returns how many there were
 */
export async function importSnapshots(hub: HubContext): Promise<number> {
  const { catalog, vault } = hub;
  if (vault.stats().snapshots <= catalog.snapshotTotals().snapshots) return 0;
  const isNew = catalog.sets().length === 0;
  const trees = new TreeCheck(vault, new Set(), () => undefined);
  const found = await unknownSnapshots(hub);
  for (const one of found.toSorted((a, b) => a.snapshot.timeMs - b.snapshot.timeMs)) {
    if (isNew || !(await commitLate(hub, one))) catalog.importSnapshot(one.id, one.snapshot);
    if (await isLacking(trees, one.id)) catalog.markDamaged(one.id, true);
  }
  return found.length;
}

async function unknownSnapshots(hub: HubContext): Promise<Found[]> {
  const found: Found[] = [];
  for await (const { chunks } of hub.vault.records('snapshot')) {
    for (const { id } of chunks) {
      if (hub.catalog.snapshot(id) !== undefined) continue;
      const snapshot = await readIfWhole(hub, id);
      if (snapshot !== null) found.push({ id: Uint8Array.from(id), snapshot });
    }
  }
  return found;
}

async function readIfWhole(hub: HubContext, id: Uint8Array): Promise<Snapshot | null> {
  try {
    const plain = await hub.chunks.plain(id);
    return plain === undefined ? null : decodeSnapshot(plain);
  } catch (error) {
    if (isRbError(error) && error.code !== 'unreadable') return null;
    throw error;
  }
}

/**
 * As its run would have committed it, held back if that changes too much.
 * @returns false for one that is older than others of its set: destinations don't get it anyway
 */
async function commitLate(hub: HubContext, { id, snapshot }: Found): Promise<boolean> {
  const { key, timeMs, pages } = snapshot;
  const latest = hub.catalog.latestSnapshot(key);
  if (latest !== undefined && latest.timeMs >= timeMs) return false;
  const breaker = await breakerFor(hub, key, new RunLog());
  for (const page of pages) await breaker.page(page, null);
  hub.catalog.commitSnapshot(id, snapshot, await breaker.finish());
  return true;
}

async function isLacking(trees: TreeCheck, id: Uint8Array): Promise<boolean> {
  for await (const problem of trees.check(id)) return problem !== undefined;
  return false;
}
