import { join } from 'node:path';

import { equalBytes } from '../../base/bytes.ts';
import { writeDurably } from '../../base/durable-file.ts';
import { RbError } from '../../base/errors.ts';
import { Blake3 } from '../../base/hash.ts';
import type { SharedLease } from '../../base/shared-arena.ts';
import { openBundle } from '../../chunk/bundle-jobs.ts';
import { LIMITS } from '../../model/limits.ts';
import { decodeSnapshot, formatSetKey } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import { SNAPSHOT_FILE } from '../../rebuild/finder/chunk-finder.ts';
import type { Stream } from '../../transport/transport.ts';
import type { LogItem } from '../../wire/messages-follow.ts';

/**
 * The record of the snapshot that a transfer puts in place. It is fetched when the log says which snapshot that is, and
 * has to name exactly the pages that the log named, in their order, and this set: so what a destination acknowledges is
 * what it has, and it can give the record back to a hub that has lost it.
 */
export class SnapshotRecord {
  readonly #key: SetKey;
  readonly #pages = new Blake3();
  readonly #checked = Promise.withResolvers<Uint8Array>();
  #wanted: Uint8Array | null = null;

  constructor(key: SetKey) {
    this.#key = key;
    this.#checked.promise.catch(() => undefined);
  }

  /** Takes in what comes of the log, and asks for the record when that is over. */
  items(items: readonly LogItem[], stream: Stream): void {
    for (const item of items) {
      if (item.k === 'page') this.#pages.update(item.id);
      if (item.k !== 'commit') continue;
      this.#wanted = item.snapshot;
      stream
        .send({ t: 'want', kind: 'snapshot', ids: item.snapshot })
        .catch((error: unknown) => this.#checked.reject(error));
    }
  }

  /** Takes over the record. */
  take(record: SharedLease): void {
    try {
      this.#checked.resolve(this.#check(record.bytes));
    } catch (error) {
      this.#checked.reject(error);
    } finally {
      record.release();
    }
  }

  /** The hub lacks these. If the record is among them, waiting for it fails. */
  lacking(ids: Uint8Array): void {
    for (let at = 0; at < ids.length && this.#wanted !== null; at += LIMITS.idBytes) {
      if (!equalBytes(ids.subarray(at, at + LIMITS.idBytes), this.#wanted)) continue;
      const message = "The record of this snapshot is no longer in the hub's vault.";
      this.#checked.reject(new RbError('missing-chunk', message));
    }
  }

  /**
   * Keeps it beside what is remembered of the set, durably.
   * @throws RbError `protocol`, `damaged-chunk` if it isn't what was put in place; `missing-chunk`; `disk-full`, …
   */
  async keep(stateDir: string): Promise<void> {
    await writeDurably(join(stateDir, SNAPSHOT_FILE), await this.#checked.promise);
  }

  #check(bytes: Uint8Array): Uint8Array {
    const { chunks, plain } = openBundle(bytes);
    if (this.#wanted === null || !equalBytes(chunks.ids, this.#wanted))
      throw new RbError('protocol', 'The hub sent the record of another snapshot.');
    // A copy in any case: the record is let go.
    const record = plain.slice(
      chunks.offsets[0],
      (chunks.offsets[0] ?? 0) + (chunks.lengths[0] ?? 0),
    );
    const { key, pages } = decodeSnapshot(record);
    const named = new Blake3();
    for (const page of pages) named.update(page);
    const isOfSet = formatSetKey(key) === formatSetKey(this.#key);
    if (isOfSet && equalBytes(named.digest(), this.#pages.digest())) return record;
    throw new RbError('protocol', 'The hub calls a snapshot what it did not send.');
  }
}
