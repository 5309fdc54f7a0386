import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';

import { concatBytes } from '../../../base/bytes.ts';
import { RbError } from '../../../base/errors.ts';
import { jsonPath } from '../../../base/json-path.ts';
import { makePrivateFile } from '../../../base/durable-private-file.ts';
import type { TaskFiles } from '../../api/client-api.ts';
import { FilteredFiles } from './filtered-files.ts';

/** Written at once; some 3 ms of this thread's time. */
const BATCH = 2000;
/** Filters whose hits are kept: of so many pages, each with another one. */
const MOST_FILTERS = 4;
/** A list is scratch: lost with the power, removed at the next start. */
const PRAGMAS =
  'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -512;';
const NOTHING = new Uint8Array(0);

type Row = { path: string; bytes: Uint8Array | null; deleted: number };

/**
 * The files that a task copied, in order: in a database on disk, however many they are. It is made with the first of
 * them. Where it can't be written, files are still counted.
 */
export class CopiedFiles {
  readonly #path: string;
  #database: DatabaseSync | null = null;
  #insert: StatementSync | null = null;
  #page: StatementSync | null = null;
  /** Not written yet. */
  #batch: { readonly path: Uint8Array; readonly deleted: boolean }[] = [];
  #stored = 0;
  #lost = 0;
  #filters: FilteredFiles[] = [];
  #failure: RbError | null = null;

  /** @param path of the database, whose folder exists; nothing is there yet */
  constructor(path: string) {
    this.#path = path;
  }

  /** How many there are. */
  get listed(): number {
    return this.#stored + this.#batch.length + this.#lost;
  }

  /** @param folder stands before each, with a slash at its end */
  add(paths: readonly Uint8Array[], deleted: boolean, folder: Uint8Array = NOTHING): void {
    for (const path of paths) {
      const whole = folder.length === 0 ? path : concatBytes([folder, path]);
      this.#batch.push({ path: whole, deleted });
      if (this.#batch.length >= BATCH) this.#write();
    }
  }

  /**
   * A part of the list.
   *
   * @param filter a part of the paths that are wanted, whatever the case of ASCII letters; empty: all
   * @throws RbError `disk-full` if the list could not be kept; `busy`
   */
  async page(filter: string, offset: number, limit: number): Promise<TaskFiles> {
    this.#write();
    if (this.#failure !== null) throw this.#failure;
    if (this.#database === null) return { total: 0, files: [] };
    if (filter === '') {
      const rows = this.#page?.all(offset, limit) as Row[];
      return { total: this.#stored, files: rows.map(toFile) };
    }
    const filtered = this.#filtered(filter, this.#database);
    const { total, rows } = await filtered.page(this.#stored, offset, limit);
    return { total, files: (rows as Row[]).map(toFile) };
  }

  /** Forgets all of them: the task begins anew. */
  clear(): void {
    this.#lost = 0;
    this.#stored = 0;
    this.#batch = [];
    this.#filters = [];
    this.#close();
  }

  /** Removes the list from the disk. */
  remove(): void {
    const { listed } = this;
    this.#failure ??= new RbError('not-found', 'The task was taken off the list.');
    this.clear();
    this.#lost = listed;
  }

  #write(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    if (this.#failure !== null) {
      this.#lost += batch.length;
      return;
    }
    try {
      const insert = this.#opened();
      this.#database?.exec('BEGIN');
      for (const { path, deleted } of batch) {
        const { path: text, pathBytes } = jsonPath(path);
        insert.run(text, pathBytes === undefined ? null : path, deleted ? 1 : 0);
      }
      this.#database?.exec('COMMIT');
      this.#stored += batch.length;
    } catch (cause) {
      // A full disk must not end a backup for the sake of a list.
      const why = 'The list of files could not be kept: its disk is full, or may not be written.';
      this.#failure = new RbError('disk-full', why, { cause });
      this.#lost += this.#stored + batch.length;
      this.#stored = 0;
      this.#close();
    }
  }

  #opened(): StatementSync {
    if (this.#insert !== null) return this.#insert;
    makePrivateFile(this.#path);
    const database = new DatabaseSync(this.#path);
    this.#database = database;
    database.exec(PRAGMAS);
    database.exec(
      'CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT NOT NULL, bytes BLOB, deleted INTEGER NOT NULL)',
    );
    this.#page = database.prepare(
      'SELECT path, bytes, deleted FROM files WHERE id > ? ORDER BY id LIMIT ?',
    );
    this.#insert = database.prepare('INSERT INTO files (path, bytes, deleted) VALUES (?, ?, ?)');
    return this.#insert;
  }

  #filtered(filter: string, database: DatabaseSync): FilteredFiles {
    const index = this.#filters.findIndex((known) => known.filter === filter);
    const known = this.#filters.splice(index < 0 ? this.#filters.length : index, 1)[0];
    const filtered = known ?? new FilteredFiles(database, filter);
    // Those in use are dropped later.
    const idle = this.#filters.filter(({ isBusy }) => !isBusy);
    const dropped = new Set(idle.slice(0, Math.max(0, this.#filters.length + 1 - MOST_FILTERS)));
    for (const old of dropped) old.drop();
    this.#filters = [...this.#filters.filter((old) => !dropped.has(old)), filtered];
    return filtered;
  }

  #close(): void {
    this.#database?.close();
    this.#database = null;
    this.#insert = null;
    this.#page = null;
    rmSync(this.#path, { force: true });
  }
}

function toFile({ path, bytes, deleted }: Row): TaskFiles['files'][number] {
  return { path: bytes === null ? { path } : jsonPath(bytes), deleted: deleted === 1 };
}
