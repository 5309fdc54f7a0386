import type { Catalog } from '../../catalog/catalog.ts';
import type { LackingChunk } from '../../catalog/lacking.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SetKey } from '../../model/snapshot.ts';
import { chunkKey } from '../runs/chunk-key.ts';

/** Of one set; more are noted when some of these are there again. Bounds memory and the table. */
const MOST_OF_SET = 65_536;
/** Rows of one transaction, so that nobody waits long for the catalog. */
const ROWS_AT_ONCE = 4096;

type OfSet = { readonly key: SetKey; readonly chunks: Map<string, LackingChunk> };

/** What a look at snapshots has found to be lacking, set by set. */
export class LackingList {
  readonly #sets = new Map<string, OfSet>();

  /** The id is copied. */
  add(key: SetKey, id: Uint8Array, kind: LackingChunk['kind']): void {
    const name = formatSetKey(key);
    let set = this.#sets.get(name);
    if (set === undefined) this.#sets.set(name, (set = { key, chunks: new Map() }));
    if (set.chunks.size >= MOST_OF_SET) return;
    const idKey = chunkKey(id);
    if (!set.chunks.has(idKey)) set.chunks.set(idKey, { id: Uint8Array.from(id), kind });
  }

  /** Adds all of it to what the catalog notes. */
  note(catalog: Catalog, nowMs: number): void {
    for (const { key, chunks } of this.#sets.values()) {
      for (const some of inParts([...chunks.values()])) catalog.noteLacking(key, some, nowMs);
    }
  }

  /** Makes the catalog note this and nothing else. */
  replace(catalog: Catalog, nowMs: number): void {
    const gone = new Map<string, { readonly key: SetKey; readonly ids: Uint8Array[] }>();
    for (const { id, key } of catalog.lackingChunks()) {
      const name = formatSetKey(key);
      if (this.#sets.get(name)?.chunks.has(chunkKey(id)) === true) continue;
      const known = gone.get(name);
      if (known === undefined) gone.set(name, { key, ids: [id] });
      else known.ids.push(id);
    }
    for (const { key, ids } of gone.values())
      for (const some of inParts(ids)) catalog.removeLacking(some, key);
    this.note(catalog, nowMs);
  }
}

function inParts<T>(all: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < all.length; at += ROWS_AT_ONCE)
    parts.push(all.slice(at, at + ROWS_AT_ONCE));
  return parts;
}
