import { isRbError } from '../base/errors.ts';
import { LIMITS } from '../model/limits.ts';
import { checkPath } from '../model/path.ts';
import type { Coroutines } from './coroutines.ts';
import { FileWork } from './file-work.ts';
import type { Desk } from './file-work.ts';
import { keyOf } from './fingerprint-table.ts';
import { Leaves } from './leaves.ts';
import { pathProblem } from './problems.ts';
import type { LogItem } from './protocol.ts';
import type { WorkFile, WorkFiles } from './work-files.ts';

/** Long files that are begun before a page names them; hints for more are passed over. */
const MOST_FILES = 4;
/** Pieces of work under way, with which no more hints are taken. */
const MOST_WORKS = 256;
/** Larger than any file system's files. */
const MOST_BYTES = 2 ** 53 / 8;

type Part = { readonly file: WorkFile; readonly works: FileWork[] };

/** Begins long files in `tmp/` while the origin still reads them. Only hints: nothing of it counts until a page does. */
export class Parts {
  readonly #desk: Desk;
  readonly #files: WorkFiles;
  readonly #coroutines: Coroutines;
  readonly #parts = new Map<string, Part>();
  /** Paths whose work file belongs to somebody else: hints must not write into it. */
  readonly #taken = new Set<string>();

  constructor(desk: Desk, files: WorkFiles, coroutines: Coroutines) {
    this.#desk = desk;
    this.#files = files;
    this.#coroutines = coroutines;
  }

  /** @throws name-refused, protocol */
  begin(item: Extract<LogItem, { k: 'part' }>): void {
    checkPath(item.path);
    const isSane =
      item.offset >= 0 &&
      item.bytes > 0 &&
      item.offset + item.bytes < MOST_BYTES &&
      item.id.length === LIMITS.idBytes;
    const key = keyOf(item.path);
    if (
      !isSane ||
      item.depth < 0 ||
      item.depth >= LIMITS.listDepth ||
      this.#coroutines.count >= MOST_WORKS ||
      this.#taken.has(key)
    )
      return;
    let part = this.#parts.get(key);
    if (part === undefined) {
      if (this.#parts.size >= MOST_FILES) return;
      part = { file: this.#files.start(Uint8Array.from(item.path)), works: [] };
      this.#parts.set(key, part);
    }
    const { file, works } = part;
    const ref = { id: Uint8Array.from(item.id), bytes: item.bytes };
    const leaves = new Leaves(
      { depth: item.depth + 1, refs: [ref] },
      this.#desk.lists.find,
      item.offset,
    );
    this.#coroutines.start(
      (wake) => {
        const work = new FileWork(this.#desk, file, null, wake);
        works.push(work);
        return work.complete(leaves);
      },
      (error) => {
        // A hint that lies costs nothing: what a page says decides.
        if (!isRbError(error, 'protocol')) pathProblem(error);
      },
    );
  }

  /** The file that a page has named: what was begun of it, or a new one. Hints for it are ignored until {@link release}. */
  take(path: Uint8Array): WorkFile {
    const key = keyOf(path);
    this.#taken.add(key);
    const part = this.#parts.get(key);
    if (part === undefined) return this.#files.start(path);
    this.#parts.delete(key);
    for (const work of part.works) work.isDropped = true;
    return part.file;
  }

  release(path: Uint8Array): void {
    this.#taken.delete(keyOf(path));
  }

  has(path: Uint8Array): boolean {
    return this.#parts.size > 0 && this.#parts.has(keyOf(path));
  }

  /** No page has named these, or a page has given the path another meaning. */
  drop(): void {
    for (const { file, works } of this.#parts.values()) {
      for (const work of works) work.isDropped = true;
      file.close();
    }
    this.#parts.clear();
  }
}
