import { equalBytes, hex } from '../base/bytes.ts';
import { RbError, isRbError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import { openBundle } from '../chunk/bundle-jobs.ts';
import type { VerifiedBundle } from '../chunk/bundle-jobs.ts';
import type { ChunkKind } from '../model/bundle.ts';
import { decodeList } from '../model/content.ts';
import type { Content, Entry } from '../model/entry.ts';
import { LIMITS } from '../model/limits.ts';
import { decodePage } from '../model/page.ts';
import { decodeSnapshot } from '../model/snapshot.ts';
import type { Place, Vault } from './vault.ts';

type Damage = { readonly code: ErrorCode; readonly why: string };

/** Something of a snapshot that can't be restored. */
type TreeProblem = Damage & {
  /** In the tree; null where a page or the record itself is gone and it isn't known what it held. */
  readonly path: Uint8Array | null;
};

/** Gets a chunk that is missing or damaged, as often as it is needed; the id is to be copied. */
export type OnLacking = (id: Uint8Array, kind: ChunkKind) => void;

/** Opened records kept: pages and lists of a run lie next to each other. */
const OPEN_RECORDS = 16;

/**
 * Looks whether all that snapshots name is in the vault. Their records, pages and lists are read and checked; of the
 * chunks of files it is known whether they are there, and in which records, some of which may be known to be damaged.
 */
export class TreeCheck {
  readonly #vault: Vault;
  readonly #damaged: Set<Place>;
  readonly #checkSignal: () => void;
  readonly #onLacking: OnLacking | null;
  /** Pages and lists that were found whole, by id: snapshots of a set share most of them. */
  readonly #whole = new Set<string>();
  readonly #opened = new Map<Place, VerifiedBundle>();

  /**
   * @param damaged records that a reading of everything found to be damaged; those that are found here are added
   * @param checkSignal called before each page: what it throws ends the check
   * @param onLacking told everything that is lacking, before the problem of which it is a part; without it, of a file only
   *   the first piece is looked at that is wrong
   */
  constructor(
    vault: Vault,
    damaged: Set<Place>,
    checkSignal: () => void,
    onLacking: OnLacking | null = null,
  ) {
    this.#vault = vault;
    this.#damaged = damaged;
    this.#checkSignal = checkSignal;
    this.#onLacking = onLacking;
  }

  /**
   * What of a snapshot is damaged or missing, in the order of its tree.
   * @throws RbError `unreadable` when reading fails for a reason that isn't damage
   */
  async *check(snapshot: Uint8Array): AsyncGenerator<TreeProblem, void, void> {
    this.#checkSignal();
    let pages: readonly Uint8Array[];
    try {
      pages = decodeSnapshot(await this.#chunk(snapshot, 'snapshot')).pages;
    } catch (error) {
      yield { path: null, ...damageOf(error, 'its record') };
      return;
    }
    for (const page of pages) {
      this.#checkSignal();
      if (this.#whole.has(hex(page))) continue;
      let problems = 0;
      for await (const problem of this.#page(page)) {
        problems++;
        yield problem;
      }
      if (problems === 0) this.#whole.add(hex(page));
    }
  }

  async *#page(id: Uint8Array): AsyncGenerator<TreeProblem, void, void> {
    let entries: readonly Entry[];
    try {
      entries = decodePage(await this.#chunk(id, 'page'));
    } catch (error) {
      yield { path: null, ...damageOf(error, 'a page of its tree') };
      return;
    }
    for (const { path, content } of entries) {
      const damage = await this.#contentDamage(content);
      if (damage !== null) yield { path: Uint8Array.from(path), ...damage };
    }
  }

  async #contentDamage({ depth, refs }: Content): Promise<Damage | null> {
    let first: Damage | null = null;
    for (const { id, bytes } of refs) {
      if (id === null) continue;
      const damage = depth > 0 ? await this.#listDamage(id, depth, bytes) : this.#dataDamage(id);
      first ??= damage;
      if (first !== null && this.#onLacking === null) break;
    }
    return first;
  }

  async #listDamage(id: Uint8Array, depth: number, bytes: number): Promise<Damage | null> {
    // The length that a reference claims is a part of what is checked.
    const key = `${hex(id)}/${depth}/${bytes}`;
    if (this.#whole.has(key)) return null;
    let content: Content;
    try {
      content = decodeList(await this.#chunk(id, 'list'), depth, bytes);
    } catch (error) {
      return damageOf(error, 'the list of its pieces');
    }
    const damage = await this.#contentDamage(content);
    if (damage === null) this.#whole.add(key);
    return damage;
  }

  #dataDamage(id: Uint8Array): Damage | null {
    const place = this.#vault.find(id);
    if (place !== undefined && !this.#damaged.has(place)) return null;
    this.#onLacking?.(id, 'data');
    if (place === undefined) return { code: 'missing-chunk', why: 'a piece is missing' };
    return { code: 'damaged-chunk', why: 'a piece is damaged' };
  }

  /** @throws RbError missing-chunk, damaged-chunk */
  async #chunk(id: Uint8Array, kind: ChunkKind): Promise<Uint8Array> {
    try {
      return await this.#find(id);
    } catch (error) {
      const isGone = isRbError(error, 'missing-chunk') || isRbError(error, 'damaged-chunk');
      if (isGone) this.#onLacking?.(id, kind);
      throw error;
    }
  }

  async #find(id: Uint8Array): Promise<Uint8Array> {
    const place = this.#vault.find(id);
    if (place === undefined) throw new RbError('missing-chunk', 'it is missing');
    // It may still lie in memory as it was.
    if (this.#damaged.has(place)) throw new RbError('damaged-chunk', 'it is damaged');
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
    const opened = await this.#openAnew(place);
    this.#opened.set(place, opened);
    for (const oldest of this.#opened.keys()) {
      if (this.#opened.size <= OPEN_RECORDS) break;
      this.#opened.delete(oldest);
    }
    return opened;
  }

  async #openAnew(place: Place): Promise<VerifiedBundle> {
    try {
      const record = await this.#vault.read(place);
      // A copy: what is opened is kept for a while, and may be a view on the record.
      const copy = record.bytes.slice();
      record.release();
      return openBundle(copy);
    } catch (error) {
      if (isRbError(error, 'damaged-chunk') || isRbError(error, 'missing-chunk'))
        this.#damaged.add(place);
      throw error;
    }
  }
}

function damageOf(error: unknown, what: string): Damage {
  if (!isRbError(error) || error.code === 'unreadable') throw error;
  const { code, message } = error;
  if (code === 'missing-chunk') return { code, why: `${what}: it is missing` };
  return { code, why: `${what}: ${code === 'damaged-chunk' ? 'it is damaged' : message}` };
}
