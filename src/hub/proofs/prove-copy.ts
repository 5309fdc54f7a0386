import { concatBytes, equalBytes, hex } from '../../base/bytes.ts';
import { blake3 } from '../../base/hash.ts';
import { escapeName } from '../../base/names.ts';
import type { Copy } from '../../catalog/catalog.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { HubContext } from '../hub-context.ts';
import { readSnapshot } from '../runs/snapshots.ts';
import type { Chance } from './chance.ts';
import { chooseRanges } from './choose-ranges.ts';
import type { Piece } from './choose-ranges.ts';
import type { Witness } from './proof-desk.ts';
import { readPiece } from './read-piece.ts';

const NONCE_BYTES = 16;

/** `open`: nothing came of it, for whatever reason. */
export type ProofOutcome = 'proven' | 'failed' | 'open';

type Expected = { readonly piece: Piece; readonly sum: Uint8Array };

/**
 * Asks a destination for pieces of a copy, chosen at random, and compares them with the vault's. If all are right, that
 * is noted; if one isn't, the copy is none any more (see {@link failCopy}).
 * @throws RbError `missing-chunk`, … if the vault can't tell what the snapshot is
 */
export async function proveCopy(
  hub: HubContext,
  { order, asker }: Witness,
  copy: Copy,
  chance: Chance,
): Promise<ProofOutcome> {
  const { key, snapshot } = copy;
  const nonce = chance.bytes(NONCE_BYTES);
  const { pages } = await readSnapshot(hub, snapshot);
  const expected: Expected[] = [];
  for (const piece of await chooseRanges(hub, pages, chance)) {
    const bytes = await readPiece(hub, piece);
    if (bytes !== null) expected.push({ piece, sum: blake3(concatBytes([nonce, bytes])) });
  }
  const isStill = (): boolean => {
    const rests = order.atRest(key);
    return rests !== null && equalBytes(rests, snapshot);
  };
  if (expected.length === 0 || !isStill()) return 'open';
  const ranges = expected.map(({ piece: { entry, offset, bytes } }) => {
    return { path: entry.path, offset, bytes };
  });
  const sums = await asker.ask({ ...key, snapshot, nonce, ranges });
  // Meanwhile something newer may have come, and then its files are being changed by our own doing.
  if (sums === null || !isStill()) return 'open';
  const wrong = expected.find(({ sum }, i) => !equalBytes(sums[i] ?? NO_SUM, sum));
  if (wrong !== undefined) {
    failCopy(hub, copy, wrong.piece.entry.path);
    return 'failed';
  }
  hub.catalog.recordProof(copy.destination, snapshot, hub.clock.nowMs());
  hub.history.notify();
  return 'proven';
}

const NO_SUM = new Uint8Array(0);

/**
 * Takes a copy out of the account everywhere: of the catalog, so that it is counted and shown no more, and of runs that
 * have counted it. The destination is told to mend it. Durable when it returns.
 */
function failCopy(hub: HubContext, copy: Copy, path: Uint8Array): void {
  const { destination, name, key, snapshot } = copy;
  if (!hub.catalog.dropCopy(destination, snapshot, hub.clock.nowMs())) return;
  const setName = formatSetKey(key);
  hub.log({
    level: 'error',
    event: 'copy-failed',
    user: escapeName(key.user),
    set: escapeName(setName),
    message: `${escapeName(name)} does not hold ${escapeName(setName)} as it said: ${escapeName(path)} differs from snapshot ${hex(snapshot).slice(0, 12)}. The copy counts no more, until all of it was read again and mended.`,
  });
  for (const run of hub.runs.all())
    if (formatSetKey(run.key) === setName)
      run.copies.disproven({ destination, name }, 'Pieces of it were asked for and were wrong.');
  hub.history.notify();
  for (const order of hub.register.ordersOf(destination)) order.failed(key);
}
