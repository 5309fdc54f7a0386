import { hex } from '../../base/bytes.ts';
import type { SnapshotRow } from '../../catalog/catalog.ts';
import { TreeCheck } from '../../vault/check-trees.ts';
import type { Place } from '../../vault/vault.ts';
import type { HubContext } from '../hub-context.ts';
import { footingOf } from '../runs/footing.ts';
import { allSnapshots } from './all-snapshots.ts';
import { LackingList } from './lacking-list.ts';
import { turnOfOthers } from './turn-of-others.ts';

/** A look during which damage is found is done again, but not for ever. */
const MOST_LOOKS = 4;

/**
 * Goes through the trees of all snapshots: marks those that lack something and no others, and notes in the catalog which
 * chunks that are. If nothing came in between, it is known then of each snapshot whether it is whole.
 *
 * @param checkSignal called before each page: what it throws ends the look
 * @returns whether that is known
 * @throws RbError `unreadable` when reading fails for a reason that isn't damage
 */
export async function lookForLacking(hub: HubContext, checkSignal: () => void): Promise<boolean> {
  await recheckNoted(hub, checkSignal);
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    if (await lookOnce(hub, checkSignal)) return true;
  }
  return false;
}

/** What another process has found damaged, this one may still believe in. */
async function recheckNoted(hub: HubContext, checkSignal: () => void): Promise<void> {
  const rechecked = new Set<Place>();
  for (const { id } of hub.catalog.lackingChunks()) {
    const place = hub.vault.find(id);
    if (place === undefined || rechecked.has(place)) continue;
    checkSignal();
    rechecked.add(place);
    await hub.chunks.recheck(id);
  }
}

async function lookOnce(hub: HubContext, checkSignal: () => void): Promise<boolean> {
  const { catalog, chunks, vault, clock } = hub;
  const before = footingOf(hub);
  const places = new Set<Place>();
  const list = new LackingList();
  const damaged = new Set<string>();
  const rows = allSnapshots(catalog);
  let row = rows[0];
  const trees = new TreeCheck(vault, places, checkSignal, (id, kind) => {
    if (row !== undefined) list.add(row.key, id, kind);
  });
  for (row of rows) {
    await turnOfOthers();
    for await (const problem of trees.check(row.id)) {
      if (problem.path !== undefined) damaged.add(hex(row.id));
    }
  }
  for (const place of places)
    await chunks.leaveAside(place, 'Damage was found while snapshots were looked at.');
  const after = footingOf(hub);
  const isSure = after.damages === before.damages && after.losses === before.losses;
  // In doubt nothing is called whole.
  const changed: SnapshotRow[] = [];
  for (const look of rows) {
    const isDamaged = damaged.has(hex(look.id));
    if (isDamaged === look.damaged || (!isDamaged && !isSure)) continue;
    catalog.markDamaged(look.id, isDamaged);
    changed.push(look);
  }
  if (!isSure) list.note(catalog, clock.nowMs());
  else {
    list.replace(catalog, clock.nowMs());
    chunks.clearDamagedSince();
  }
  if (changed.length > 0) hub.history.notify();
  for (const { key, id } of changed)
    for (const order of hub.register.orders()) order.offerAgain(key, id);
  return isSure;
}
