import { equalBytes } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { decodeList } from '../model/content.ts';
import { EMPTY_CONTENT, NO_BYTES } from '../model/entry.ts';
import type { Content, Entry } from '../model/entry.ts';
import { decodePage } from '../model/page.ts';
import { parentOf } from '../model/path.ts';
import { TreeOrder } from '../model/tree-order.ts';
import { chunkKey } from './runs/chunk-key.ts';

/** Lists that were looked into are remembered up to this number, so that each is read once. */
const SEEN_LISTS = 262_144;
/** Lists that are still on their way and are looked into at the end. */
const LATER_LISTS = 65_536;

/** What the check knows of chunks. */
export type ChunkView = {
  /** Plain bytes from the vault; undefined if there are none. */
  plain(id: Uint8Array): Promise<Uint8Array | undefined>;
  has(id: Uint8Array): boolean;
  /** Wanted of the origin and not here yet; it will be waited for. */
  isComing(id: Uint8Array): boolean;
};

type List = { readonly id: Uint8Array; readonly depth: number; readonly bytes: number };

/**
 * Checks the pages of a run one after the other: together they must be one tree, and everything that they name must
 * be in the vault or on its way.
 *
 * Pages that stand next to each other in the set's newest whole snapshot were checked when that was made, so they
 * are passed over unread: what comes before a page matters for the check of its order only through the last
 * entry before it (TreeOrder holds the folders above that entry, and nothing else). Where a run leaves that
 * sequence, the last page passed over is read to take the order up again. So a run without
 * changes costs nothing here, and one with few changes costs the changed pages and one more for each.
 */
export class PageCheck {
  readonly #chunks: ChunkView;
  readonly #trusted: readonly Uint8Array[];
  /** First four bytes of a page's id → where it stands in `trusted`. Two of the same bytes: the later one. */
  readonly #trustedAt = new Map<number, number>();
  readonly #seenLists = new Set<string>();
  readonly #later: List[] = [];
  #order: TreeOrder = new TreeOrder();
  #count = 0;
  /** Where the page before stands in `trusted`, or -1. */
  #before = -1;
  /** The page before, if it was passed over. */
  #passedOver: Uint8Array | null = null;
  #readCount = 0;
  #isFinishing = false;

  /** @param trusted pages of a snapshot of which nothing is missing or damaged, or none */
  constructor(chunks: ChunkView, trusted: readonly Uint8Array[]) {
    this.#chunks = chunks;
    this.#trusted = trusted;
    for (const [at, id] of trusted.entries()) this.#trustedAt.set(firstBytes(id), at);
  }

  /** How many pages were decoded. */
  get readCount(): number {
    return this.#readCount;
  }

  /**
   * The next page of the tree.
   * @returns what is in it, if it was read
   * @throws RbError `protocol`, `name-refused`, `unsupported`; `missing-chunk` for what is neither here nor coming
   */
  async page(id: Uint8Array): Promise<readonly Entry[] | null> {
    if (!this.#chunks.has(id)) throw missing('page of the tree');
    const at = this.#indexOf(id);
    const isNext = at >= 0 && at === this.#before + 1 && (this.#count === 0 || this.#before >= 0);
    if (isNext) this.#passedOver = id;
    const entries = isNext ? null : await this.#read(id, at >= 0);
    this.#before = at;
    this.#count++;
    return entries;
  }

  /** After the last page, when all wanted chunks have arrived. @throws RbError as above */
  async finish(): Promise<void> {
    if (this.#count === 0) throw new RbError('protocol', 'A tree without any page.');
    this.#isFinishing = true;
    for (const list of this.#later.splice(0)) await this.#list(list);
  }

  async #read(id: Uint8Array, isTrusted: boolean): Promise<readonly Entry[]> {
    if (this.#passedOver !== null) {
      const last = (await this.#decode(this.#passedOver)).at(-1) as Entry;
      this.#order = orderBehind(last);
      this.#passedOver = null;
    }
    const entries = await this.#decode(id);
    for (const entry of entries) {
      this.#order.check(entry);
      if (!isTrusted && entry.kind === 'file') await this.#content(entry.content);
    }
    return entries;
  }

  async #decode(id: Uint8Array): Promise<Entry[]> {
    const page = await this.#chunks.plain(id);
    if (page === undefined) throw missing('page of the tree');
    this.#readCount++;
    return decodePage(page);
  }

  async #content({ depth, refs }: Content): Promise<void> {
    for (const { id, bytes } of refs) {
      if (id === null) continue;
      if (depth > 0) await this.#list({ id, depth, bytes });
      else if (!this.#chunks.has(id) && !this.#chunks.isComing(id))
        throw missing('piece of a file');
    }
  }

  async #list(list: List): Promise<void> {
    const key = `${chunkKey(list.id)}${list.depth}:${list.bytes}`;
    if (this.#seenLists.has(key)) return;
    const isAwaited = !this.#isFinishing && this.#chunks.isComing(list.id);
    if (isAwaited && !this.#chunks.has(list.id)) {
      if (this.#later.length >= LATER_LISTS)
        throw new RbError('protocol', 'Too many lists are missing.');
      this.#later.push(list);
      return;
    }
    const chunk = await this.#chunks.plain(list.id);
    if (chunk === undefined) throw missing('list of the pieces of a file');
    if (this.#seenLists.size >= SEEN_LISTS) this.#seenLists.clear();
    this.#seenLists.add(key);
    await this.#content(decodeList(chunk, list.depth, list.bytes));
  }

  #indexOf(id: Uint8Array): number {
    const at = this.#trustedAt.get(firstBytes(id)) ?? -1;
    return at >= 0 && equalBytes(this.#trusted[at] as Uint8Array, id) ? at : -1;
  }
}

/** An order that has just checked `last`, in a tree that was checked up to there. */
function orderBehind(last: Entry): TreeOrder {
  const order = new TreeOrder();
  const folders: Uint8Array[] = [];
  for (let path = last.path; path.length > 0;) {
    path = parentOf(path);
    folders.push(path);
  }
  for (const path of folders.toReversed()) order.check(folderAt(last, path));
  order.check(last);
  return order;
}

function folderAt(like: Entry, path: Uint8Array): Entry {
  return {
    ...like,
    path,
    kind: 'dir',
    size: 0,
    content: EMPTY_CONTENT,
    target: NO_BYTES,
    linkGroup: 0,
  };
}

function firstBytes(id: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = id;
  return (a << 24) | (b << 16) | (c << 8) | d;
}

function missing(what: string): RbError {
  return new RbError('missing-chunk', `A ${what} is neither at the hub nor on its way.`, {
    retry: true,
  });
}
