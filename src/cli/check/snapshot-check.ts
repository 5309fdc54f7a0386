import { equalBytes, hex } from '../../base/bytes.ts';
import { RbError, isRbError } from '../../base/errors.ts';
import { openBundle } from '../../chunk/bundle-jobs.ts';
import type { VerifiedBundle } from '../../chunk/bundle-jobs.ts';
import { decodeList } from '../../model/content.ts';
import type { Content } from '../../model/entry.ts';
import { LIMITS } from '../../model/limits.ts';
import { decodePage } from '../../model/page.ts';
import { decodeSnapshot } from '../../model/snapshot.ts';
import type { Place, Vault } from '../../vault/vault.ts';

/** Something of a snapshot that can't be restored. */
export type Damage = {
  /** In the tree; null where a page or the record itself is gone and it isn't known what it held. */
  readonly path: Uint8Array | null;
  readonly why: string;
};

/** Opened records kept: pages and lists of a run lie next to each other. */
const OPEN_RECORDS = 16;

/**
 * Looks whether all that snapshots name is in the vault. Their records, pages and lists are read and checked; of the
 * chunks of files it is known whether they are there, and in which records, some of which may be known to be damaged.
 */
export class SnapshotCheck {
  readonly #vault: Vault;
  readonly #damagedPlaces: ReadonlySet<Place>;
  /** Pages and lists that were found whole, by id: snapshots of a set share most of them. */
  readonly #whole = new Set<string>();
  readonly #opened = new Map<Place, VerifiedBundle>();

  /** @param damagedPlaces records that a reading of everything found to be damaged */
  constructor(vault: Vault, damagedPlaces: ReadonlySet<Place>) {
    this.#vault = vault;
    this.#damagedPlaces = damagedPlaces;
  }

  /** What of a snapshot is damaged or missing, in the order of its tree. */
  async *check(snapshot: Uint8Array): AsyncGenerator<Damage, void, void> {
    let pages: readonly Uint8Array[];
    try {
      pages = decodeSnapshot(await this.#chunk(snapshot)).pages;
    } catch (error) {
      yield { path: null, why: `its record: ${reasonOf(error)}` };
      return;
    }
    for (const page of pages) {
      if (this.#whole.has(hex(page))) continue;
      let damages = 0;
      for await (const damage of this.#page(page)) {
        damages++;
        yield damage;
      }
      if (damages === 0) this.#whole.add(hex(page));
    }
  }

  async *#page(id: Uint8Array): AsyncGenerator<Damage, void, void> {
    try {
      for (const entry of decodePage(await this.#chunk(id))) {
        const why = await this.#contentDamage(entry.content);
        if (why !== null) yield { path: Uint8Array.from(entry.path), why };
      }
    } catch (error) {
      yield { path: null, why: `a page of its tree: ${reasonOf(error)}` };
    }
  }

  async #contentDamage({ depth, refs }: Content): Promise<string | null> {
    for (const { id, bytes } of refs) {
      if (id === null) continue;
      const why = depth > 0 ? await this.#listDamage(id, depth, bytes) : this.#dataDamage(id);
      if (why !== null) return why;
    }
    return null;
  }

  async #listDamage(id: Uint8Array, depth: number, bytes: number): Promise<string | null> {
    const key = `${hex(id)}/${depth}/${bytes}`;
    if (this.#whole.has(key)) return null;
    try {
      const why = await this.#contentDamage(decodeList(await this.#chunk(id), depth, bytes));
      if (why === null) this.#whole.add(key);
      return why;
    } catch (error) {
      return `the list of its pieces: ${reasonOf(error)}`;
    }
  }

  #dataDamage(id: Uint8Array): string | null {
    const place = this.#vault.find(id);
    if (place === undefined) return 'a piece is missing';
    return this.#damagedPlaces.has(place) ? 'a piece is damaged' : null;
  }

  /** @throws RbError missing-chunk, damaged-chunk */
  async #chunk(id: Uint8Array): Promise<Uint8Array> {
    const place = this.#vault.find(id);
    if (place === undefined) throw new RbError('missing-chunk', 'it is missing');
    const { chunks, plain } = await this.#open(place);
    for (let i = 0; i < chunks.lengths.length; i++) {
      if (!equalBytes(chunks.ids.subarray(i * LIMITS.idBytes, (i + 1) * LIMITS.idBytes), id))
        continue;
      const offset = chunks.offsets[i] as number;
      return plain.subarray(offset, offset + (chunks.lengths[i] as number));
    }
    throw new RbError('missing-chunk', 'it is missing');
  }

  async #open(place: Place): Promise<VerifiedBundle> {
    const known = this.#opened.get(place);
    if (known !== undefined) return known;
    const opened = openBundle(await this.#vault.read(place));
    this.#opened.set(place, opened);
    for (const oldest of this.#opened.keys()) {
      if (this.#opened.size <= OPEN_RECORDS) break;
      this.#opened.delete(oldest);
    }
    return opened;
  }
}

function reasonOf(error: unknown): string {
  if (isRbError(error, 'missing-chunk')) return 'it is missing';
  if (isRbError(error)) return error.code === 'damaged-chunk' ? 'it is damaged' : error.message;
  throw error;
}
