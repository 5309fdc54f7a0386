import { bufferOver, equalBytes, hex } from '../../base/bytes.ts';
import { isRbError, RbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import type { Entry } from '../../model/entry.ts';
import { ByteLru } from './byte-lru.ts';
import type { ChunkSource } from './chunk-source.ts';
import { DiffList } from './diff-list.ts';
import type { DiffPart } from './diff-list.ts';
import { findNames } from './find-names.ts';
import type { FindEvent, FindRequest } from './find-names.ts';
import { FolderList } from './folder-list.ts';
import type { FolderPart } from './folder-list.ts';
import { readContent } from './read-content.ts';
import { nothingAt, pageIdsOf, PagedTree } from './paged-tree.ts';
import { PageStore } from './page-store.ts';

/** Bytes of snapshots' lists of pages that are kept: 32 bytes a page. */
const TREE_BYTES = 4 * 1024 * 1024;
/** What a list that is read part by part may take, guessed: its marks. */
const LIST_BYTES = 16 * 1024;
/** Of folders, and of comparisons. */
const LISTS_BYTES = 1024 * 1024;

/**
 * Looks at snapshots without reading whole trees: what is directly in a folder, one entry, what differs between
 * two. What was read is kept, within bounds of about 14 MiB in all, for whoever looks at the same or at another
 * snapshot of nearly the same tree.
 */
export class SnapshotBrowser {
  readonly #source: ChunkSource;
  readonly #store: PageStore;
  readonly #trees = new ByteLru<Uint8Array>(TREE_BYTES);
  readonly #folders = new ByteLru<Promise<FolderList>>(LISTS_BYTES);
  readonly #diffs = new ByteLru<Promise<DiffList>>(LISTS_BYTES);

  constructor(source: ChunkSource) {
    this.#source = source;
    this.#store = new PageStore(source);
  }

  /** Forgets all that was read: it was another hub's. */
  clear(): void {
    this.#store.clear();
    this.#trees.clear();
    this.#folders.clear();
    this.#diffs.clear();
  }

  /** @throws not-found, not-allowed, protocol, connection-lost */
  async tree(snapshot: Uint8Array): Promise<PagedTree> {
    const key = hex(snapshot);
    const kept = this.#trees.get(key);
    if (kept !== undefined) return new PagedTree(kept, this.#store);
    const ids = pageIdsOf(await this.#record(snapshot));
    this.#trees.set(key, ids, ids.buffer.byteLength);
    return new PagedTree(ids, this.#store);
  }

  async #record(snapshot: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#source.get('snapshot', snapshot);
    } catch (error) {
      if (!isRbError(error, 'missing-chunk')) throw error;
      // To one who may not read it, the hub says the same.
      throw new RbError('not-found', 'The hub has no such snapshot for you; list them again.', {
        cause: error,
      });
    }
  }

  /**
   * What is directly in a folder, by name in byte order.
   *
   * @param path from the root of the tree; empty for the root
   * @throws not-found also for what is no folder
   */
  async folder(
    snapshot: Uint8Array,
    path: Uint8Array,
    offset: number,
    limit: number,
  ): Promise<FolderPart> {
    const key = `${hex(snapshot)} ${bufferOver(path).toString('latin1')}`;
    const list = await keep(this.#folders, key, path.length, async () => {
      const tree = await this.tree(snapshot);
      const found = await tree.locate(path);
      if (found === null) throw nothingAt(escapeName(path));
      if (found.entry.kind !== 'dir')
        throw new RbError('not-found', `'${escapeName(path)}' is no folder.`);
      return new FolderList(tree, path.slice(), found.at);
    });
    return await list.part(offset, limit);
  }

  /** The entry at a path; its bytes are views on a page. @throws not-found */
  async entry(snapshot: Uint8Array, path: Uint8Array): Promise<Entry> {
    const found = await (await this.tree(snapshot)).locate(path);
    if (found === null) throw nothingAt(escapeName(path));
    return found.entry;
  }

  /**
   * A file, its bytes as with `readContent`.
   *
   * @param source where to fetch its chunks, should that not be the browser's own
   * @throws not-found also for what is no file
   */
  async file(
    snapshot: Uint8Array,
    path: Uint8Array,
    source: ChunkSource = this.#source,
  ): Promise<{ readonly size: number; readonly bytes: AsyncGenerator<Uint8Array, void, void> }> {
    const { kind, size, content } = await this.entry(snapshot, path);
    if (kind !== 'file') throw new RbError('not-found', `'${escapeName(path)}' is no file.`);
    return { size, bytes: readContent(source, content) };
  }

  /** Looks for names in many snapshots; what it reads isn't kept. @throws as `findNames` */
  find(request: FindRequest): AsyncGenerator<FindEvent, boolean, void> {
    return findNames(this.#source, this.#store, request);
  }

  /** A part of what differs between two snapshots, in walking order, with the counts of all of it. */
  async diff(
    before: Uint8Array,
    after: Uint8Array,
    offset: number,
    limit: number,
  ): Promise<DiffPart> {
    if (equalBytes(before, after)) return { changes: [], more: false, counts: NO_CHANGES };
    const list = await keep(this.#diffs, `${hex(before)} ${hex(after)}`, 0, async () =>
      DiffList.compute(await this.tree(before), await this.tree(after)),
    );
    return await list.part(offset, limit);
  }
}

const NO_CHANGES = { added: 0, removed: 0, changed: 0, metadata: 0 } as const;

/** What is kept under a key, or is made now; who asks meanwhile waits for the same. */
async function keep<T>(
  lru: ByteLru<Promise<T>>,
  key: string,
  keyBytes: number,
  make: () => Promise<T>,
): Promise<T> {
  const kept = lru.get(key);
  if (kept !== undefined) return await kept;
  const made = make();
  lru.set(key, made, LIST_BYTES + keyBytes);
  try {
    return await made;
  } catch (error) {
    if (lru.get(key) === made) lru.delete(key);
    throw error;
  }
}
