import { hex } from '../../base/bytes.ts';
import { jsonPath } from '../../base/json-path.ts';
import type { SnapshotRow } from '../../catalog/catalog.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SnapshotLine } from '../api/common.ts';
import type { CopyMatrix, VaultReport } from '../api/hub-api.ts';
import type { ConsoleContext } from './console-context.ts';
import { copyMatrix, countLacking } from './copy-matrix.ts';

/** While all copies change all the time they are counted once a second, and seldom enough to take a twentieth of the time. */
const LEAST_PAUSE_MS = 1000;
const PAUSE_FOR_EACH_MS = 20;

type Counted = {
  readonly warnings: number;
  /** Of the history. */
  readonly version: number;
  /** Not to be counted again before, by the monotonic clock. */
  readonly goodUntilMs: number;
};

/** What the catalog tells of sets, snapshots and copies, made when it is asked for. */
export class HistoryView {
  readonly #context: ConsoleContext;
  #counted: Counted | null = null;
  #held: { readonly version: number; readonly rows: readonly SnapshotRow[] } | null = null;

  constructor(context: ConsoleContext) {
    this.#context = context;
  }

  /** @param connected ids of the destinations that are there, hexadecimal */
  matrix(connected: ReadonlySet<string>): CopyMatrix {
    const { catalog, clock } = this.#context;
    const [sets, destinations, copies] = [catalog.sets(), catalog.destinations(), catalog.copies()];
    return copyMatrix({ sets, destinations, copies, connected }, clock.nowMs());
  }

  /**
   * How many sets have fewer verified copies of their newest snapshot than asked. While the history changes fast this may
   * be what it was a moment ago.
   *
   * @param version of the history
   */
  warnings(version: number): {
    readonly count: number;
    /** When to ask again, in ms; null if nothing has changed since it was counted. */
    readonly againMs: number | null;
  } {
    const { catalog, clock } = this.#context;
    const nowMs = clock.monotonicMs();
    const known = this.#counted;
    if (known !== null && known.version === version)
      return { count: known.warnings, againMs: null };
    if (known !== null && nowMs < known.goodUntilMs)
      return { count: known.warnings, againMs: known.goodUntilMs - nowMs };
    const warnings = countLacking(catalog.sets(), catalog.copies());
    const endMs = clock.monotonicMs();
    const pauseMs = Math.max(LEAST_PAUSE_MS, (endMs - nowMs) * PAUSE_FOR_EACH_MS);
    this.#counted = { warnings, version, goodUntilMs: endMs + pauseMs };
    return { count: warnings, againMs: null };
  }

  /**
   * Snapshots that are held back and that no newer one has overtaken, newest first.
   * @param version of the history; while it is the same they are not looked up again
   */
  held(version: number): readonly SnapshotRow[] {
    if (this.#held?.version === version) return this.#held.rows;
    const { catalog } = this.#context;
    const newest = new Map<string, number>();
    const rows = catalog.heldSnapshots().filter(({ key, timeMs }) => {
      const name = formatSetKey(key);
      const releasedMs = newest.get(name) ?? catalog.latestReleased(key)?.timeMs ?? 0;
      newest.set(name, releasedMs);
      return timeMs > releasedMs;
    });
    this.#held = { version, rows };
    return rows;
  }

  async vault(): Promise<VaultReport> {
    const { vault, catalog, space } = this.#context;
    const { storedBytes, plainBytes, records } = vault.stats();
    const totals = catalog.snapshotTotals();
    const { freeBytes, totalBytes } = await space.ask();
    const standsForBytes = Math.min(totals.bytes, Number.MAX_SAFE_INTEGER);
    const kept = { storedBytes, plainBytes, standsForBytes, records, freeBytes, totalBytes };
    const history = [...catalog.vaultSizes()];
    return { ...kept, snapshots: totals.snapshots, history };
  }

  /** A snapshot with the copies of exactly it. */
  line(row: SnapshotRow): SnapshotLine {
    const { id, key, timeMs, files, dirs, bytes, skipped, sourcePath } = row;
    const copies = this.#context.catalog.copiesOf(id).map((copy) => {
      const { name, verifiedMs, provenMs, signed } = copy;
      return { destination: hex(copy.destination), name, verifiedMs, provenMs, signed };
    });
    const path = jsonPath(sourcePath);
    const about = { id: hex(id), key, timeMs, files, dirs, bytes, skipped, sourcePath: path };
    return { ...about, held: row.held, copies };
  }
}
