import type { Counted } from '../../catalog/held.ts';
import type { SetKey } from '../../model/snapshot.ts';
import type { Entry } from '../../model/entry.ts';
import type { HubContext } from '../hub-context.ts';
import { ChangeCount } from './change-count.ts';
import type { ReleasedTree } from './change-count.ts';
import { isTooMuch } from './hold-rule.ts';
import type { HoldRule } from './hold-rule.ts';
import type { RunLog } from './run-log.ts';
import { readSnapshot } from './snapshots.ts';

/** Watches how much a run changes and deletes, and lets its readers wait while that is more than the rule allows. */
export interface Breaker {
  /**
   * The next page of the run, checked: to be told before the page is appended to the log, so that nobody reads it first.
   * @param entries what is in it, if that is known
   */
  page(id: Uint8Array, entries: readonly Entry[] | null): Promise<void>;

  /** After the last page. */
  finish(): Promise<Counted>;
}

/** For a run whose set's newest released snapshot is looked up now. Without a rule nothing is counted, and all goes on. */
export async function breakerFor(hub: HubContext, key: SetKey, log: RunLog): Promise<Breaker> {
  const rule = hub.holdRule;
  if (rule === null || rule.share >= 1) return UNWATCHED;
  return new CountingBreaker(hub, log, rule, await releasedTree(hub, key));
}

const UNWATCHED: Breaker = {
  page: () => Promise.resolve(),
  finish: () => Promise.resolve({ files: null, held: null }),
};

/** Null if there is none, or if its record is lost: then there is nothing to compare with. */
async function releasedTree(hub: HubContext, key: SetKey): Promise<ReleasedTree | null> {
  const row = hub.catalog.latestReleased(key);
  if (row === undefined || !hub.vault.has(row.id)) return null;
  const { pages } = await readSnapshot(hub, row.id);
  return { pages, files: hub.catalog.countedFiles(row.id) };
}

class CountingBreaker implements Breaker {
  readonly #log: RunLog;
  readonly #rule: HoldRule;
  readonly #count: ChangeCount;
  readonly #isFirst: boolean;

  constructor(hub: HubContext, log: RunLog, rule: HoldRule, released: ReleasedTree | null) {
    this.#log = log;
    this.#rule = rule;
    this.#count = new ChangeCount((id) => hub.chunks.plain(id), released);
    this.#isFirst = released === null;
  }

  async page(id: Uint8Array, entries: readonly Entry[] | null): Promise<void> {
    await this.#count.page(id, entries);
    if (this.#isFirst) return;
    if (isTooMuch(this.#count.soFar, this.#rule)) this.#log.hold();
    else this.#log.letGo();
  }

  async finish(): Promise<Counted> {
    const { files, ...held } = await this.#count.finish();
    const isHeld = !this.#isFirst && isTooMuch(held, this.#rule);
    return { files, held: isHeld ? held : null };
  }
}
