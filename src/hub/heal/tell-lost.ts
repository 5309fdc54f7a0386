import { hex } from '../../base/bytes.ts';
import { escapeName } from '../../base/names.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import { TreeCheck } from '../../vault/check-trees.ts';
import type { HubContext } from '../hub-context.ts';
import { chunkKey } from '../runs/chunk-key.ts';
import { allSnapshots } from './all-snapshots.ts';
import { turnOfOthers } from './turn-of-others.ts';

/** Of one set; the rest is told by `rbbackupd check`. */
const MOST_LINES = 200;

type Lost = { readonly line: string; snapshots: number };

/**
 * Tells the log what nobody has who is connected: each path of a set once, with the newest snapshot that lacks it; what was
 * told before not again, also not after a restart.
 */
export async function tellLost(hub: HubContext, checkSignal: () => void): Promise<void> {
  const fresh = new Set<string>();
  for (const { id, told } of hub.catalog.lackingChunks()) if (!told) fresh.add(chunkKey(id));
  if (fresh.size === 0) return;
  let isFresh = false;
  const trees = new TreeCheck(hub.vault, new Set(), checkSignal, (id) => {
    isFresh ||= fresh.has(chunkKey(id));
  });
  const lost = new Map<string, Map<string, Lost>>();
  for (const row of allSnapshots(hub.catalog)) {
    await turnOfOthers();
    const set = formatSetKey(row.key);
    for await (const { path, why } of trees.check(row.id)) {
      const what = path === null ? why : chunkKey(path);
      if (isFresh) {
        const name = `${escapeName(set)} ${hex(row.id).slice(0, 12)}`;
        const line = `${name}: ${path === null ? why : `${escapeName(path)}: ${why}`}`;
        note(lost, set, what, line);
      }
      isFresh = false;
    }
  }
  for (const [set, lines] of lost) tell(hub, set, [...lines.values()]);
  hub.catalog.markLackingTold();
}

function note(lost: Map<string, Map<string, Lost>>, set: string, what: string, line: string): void {
  let lines = lost.get(set);
  if (lines === undefined) lost.set(set, (lines = new Map()));
  const known = lines.get(what);
  if (known !== undefined) known.snapshots++;
  else if (lines.size <= MOST_LINES) lines.set(what, { line, snapshots: 1 });
}

function tell(hub: HubContext, set: string, lines: readonly Lost[]): void {
  const log = (message: string): void =>
    hub.log({ level: 'error', event: 'lost', set: escapeName(set), message });
  for (const { line, snapshots } of lines.slice(0, MOST_LINES))
    log(`${line}${snapshots > 1 ? ` (and in ${snapshots - 1} older snapshots)` : ''}.`);
  const more =
    lines.length > MOST_LINES ? ' There is more: "rbbackupd check" lists all of it.' : '';
  log(
    `Nobody who is connected has what is missing in ${escapeName(set)}: back it up again, or connect a destination that holds it.${more}`,
  );
}
