import { hex } from '../base/bytes.ts';
import { isRbError, RbError, toRbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import { decodeBundle } from '../model/bundle.ts';
import { decodeList } from '../model/content.ts';
import type { Content } from '../model/entry.ts';
import { decodePage } from '../model/page.ts';
import { decodeSnapshot, formatSetKey } from '../model/snapshot.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { Unpack } from './check.ts';
import type { Place, Vault } from './vault.ts';

/** What is wrong with a snapshot. */
type TreeProblem = { readonly error: RbError; readonly path: Uint8Array | null };

/** Unpacked records that are kept: pages and lists of one record are wanted together. */
const MOST_UNPACKED = 4;
/** Problems of one page that are told one by one. */
const MOST_OF_PAGE = 100;

/** Checks that the trees of snapshots are all there. A page or list that many snapshots share is looked at once. */
export class TreeCheck {
  readonly #vault: Vault;
  readonly #unpack: Unpack;
  readonly #unpacked = new Map<Place, ReadonlyMap<string, Uint8Array>>();
  /** By hex id; null for a page that is right. */
  readonly #pages = new Map<string, readonly TreeProblem[] | null>();
  readonly #goodLists = new Set<string>();

  constructor(vault: Vault, unpack: Unpack) {
    this.#vault = vault;
    this.#unpack = unpack;
  }

  /** What of a snapshot is missing, damaged or malformed. */
  async *check(id: Uint8Array, key: SetKey): AsyncGenerator<TreeProblem, void, void> {
    const name = `${escapeName(formatSetKey(key))} (${hex(id).slice(0, 12)})`;
    let pages: readonly Uint8Array[];
    try {
      ({ pages } = decodeSnapshot(await this.#chunk(id)));
    } catch (error) {
      yield {
        error: explained(error, `The record of the snapshot ${name} can't be used`),
        path: null,
      };
      return;
    }
    for (const page of pages) {
      for (const problem of (await this.#problemsOfPage(page)) ?? []) yield problem;
    }
  }

  async #problemsOfPage(id: Uint8Array): Promise<readonly TreeProblem[] | null> {
    const key = hex(id);
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const problems = await this.#checkPage(id);
    const result = problems.length === 0 ? null : problems;
    this.#pages.set(key, result);
    return result;
  }

  async #checkPage(id: Uint8Array): Promise<TreeProblem[]> {
    const problems: TreeProblem[] = [];
    let entries;
    try {
      entries = decodePage(await this.#chunk(id));
    } catch (error) {
      return [
        {
          error: explained(error, `A page of a snapshot, ${hex(id).slice(0, 12)}, can't be used`),
          path: null,
        },
      ];
    }
    for (const entry of entries) {
      if (problems.length >= MOST_OF_PAGE) break;
      try {
        await this.#checkContent(entry.content);
      } catch (error) {
        const path = Uint8Array.from(entry.path);
        problems.push({
          error: explained(error, `The content of '${escapeName(path)}' is not whole`),
          path,
        });
      }
    }
    return problems;
  }

  async #checkContent(content: Content): Promise<void> {
    for (const { id, bytes } of content.refs) {
      if (id === null) continue;
      if (content.depth === 0) {
        if (!this.#vault.has(id)) throw missing(id);
        continue;
      }
      // The length that a reference claims is a part of what is checked.
      const key = `${hex(id)} ${content.depth} ${bytes}`;
      if (this.#goodLists.has(key)) continue;
      await this.#checkContent(decodeList(await this.#chunk(id), content.depth, bytes));
      this.#goodLists.add(key);
    }
  }

  async #chunk(id: Uint8Array): Promise<Uint8Array> {
    const place = this.#vault.find(id);
    if (place === undefined) throw missing(id);
    let chunks = this.#unpacked.get(place);
    if (chunks === undefined) {
      const record = await this.#vault.read(place);
      const plain = await this.#unpack(record);
      chunks = new Map(
        decodeBundle(record).chunks.map((chunk, i) => [hex(chunk.id), plain[i] as Uint8Array]),
      );
      for (const oldest of this.#unpacked.keys()) {
        if (this.#unpacked.size < MOST_UNPACKED) break;
        this.#unpacked.delete(oldest);
      }
      this.#unpacked.set(place, chunks);
    }
    const chunk = chunks.get(hex(id));
    if (chunk === undefined) throw missing(id);
    return chunk;
  }
}

function missing(id: Uint8Array): RbError {
  return new RbError('missing-chunk', `the chunk ${hex(id).slice(0, 12)} is not in the vault.`);
}

function explained(error: unknown, what: string): RbError {
  if (isRbError(error, 'unreadable') || !(error instanceof RbError)) throw toRbError(error);
  return new RbError(error.code, `${what}: ${error.message}`, { cause: error });
}
