import type { ChunkKind } from '../../model/bundle.ts';
import { CHUNK_KINDS } from '../../model/bundle.ts';
import type { LackingRow } from '../../catalog/lacking.ts';
import type { SetKey } from '../../model/snapshot.ts';
import { toRbError } from '../../base/errors.ts';
import { MAX_IDS } from '../../wire/wire-limits.ts';
import type { HubContext } from '../hub-context.ts';
import type { Accept, Asked } from '../receive/chunk-asker.ts';
import { chunkKey } from '../runs/chunk-key.ts';

/** A destination that can be asked for chunks. */
export type ChunkHolder = {
  readonly order: { readonly name: string; takes(key: SetKey): boolean };
  readonly asker: {
    readonly isFree: boolean;
    ask(kind: ChunkKind, ids: readonly Uint8Array[], accept: Accept): Promise<Asked>;
  };
  /** Keys of chunks that it was asked for lately. */
  readonly asked: Set<string>;
};

/** How many chunks each has sent, by name. */
export type Fetched = Map<string, number>;

type Share = { readonly holder: ChunkHolder; readonly kind: ChunkKind; readonly ids: Uint8Array[] };

/**
 * Asks destinations for what is lacking, until each that is free was asked for all that it may have: of each set only
 * those that take it, since nobody is to learn what is in others' sets. A chunk is asked of one at a time, and all that
 * have something to answer are asked at the same time.
 *
 * What was fetched is on stable storage, and noted as lacking no more, when it resolves.
 *
 * @throws RbError `disk-full`, … when it can't be kept; what came before is
 */
export async function fetchLacking(
  hub: HubContext,
  holders: () => Iterable<ChunkHolder>,
  fetched: Fetched,
): Promise<void> {
  for (;;) {
    const rows = hub.catalog.lackingChunks().filter(({ id }) => !hub.vault.has(id));
    const shares = divide(rows, holders());
    if (shares.length === 0) return;
    const results = await Promise.allSettled(shares.map((share) => askFor(hub, share, fetched)));
    await hub.vault.sync();
    const there = hub.catalog.lackingChunks().filter(({ id }) => hub.vault.has(id));
    hub.catalog.removeLacking(there.map(({ id }) => id));
    for (const result of results) if (result.status === 'rejected') throw toRbError(result.reason);
  }
}

/** To each holder some of what it may have and wasn't asked for, of one kind; the kinds that name others first. */
function divide(rows: readonly LackingRow[], holders: Iterable<ChunkHolder>): Share[] {
  const shares: Share[] = [];
  const given = new Set<string>();
  for (const holder of holders) {
    if (!holder.asker.isFree) continue;
    const share = shareOf(rows, holder, given);
    if (share !== null) shares.push(share);
  }
  return shares;
}

function shareOf(
  rows: readonly LackingRow[],
  holder: ChunkHolder,
  given: Set<string>,
): Share | null {
  for (const kind of CHUNK_KINDS.toReversed()) {
    const ids: Uint8Array[] = [];
    for (const row of rows) {
      if (row.kind !== kind || ids.length >= MAX_IDS || !holder.order.takes(row.key)) continue;
      const key = chunkKey(row.id);
      if (given.has(key) || holder.asked.has(key)) continue;
      given.add(key);
      ids.push(row.id);
    }
    if (ids.length > 0) return { holder, kind, ids };
  }
  return null;
}

async function askFor(
  hub: HubContext,
  { holder, kind, ids }: Share,
  fetched: Fetched,
): Promise<void> {
  const { name } = holder.order;
  for (const id of ids) holder.asked.add(chunkKey(id));
  const accept: Accept = async (record, bundle) => {
    await hub.vault.append(record, bundle);
    fetched.set(name, (fetched.get(name) ?? 0) + bundle.chunks.length);
  };
  await holder.asker.ask(kind, ids, accept);
}
