import { setImmediate as breathe } from 'node:timers/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { RbError } from '../../../base/errors.ts';

/** Looked through at a time, in some 5 ms; then other work of this thread has its turn. */
const SLICE = 10_000;

let tables = 0;

/** The files of a list whose paths contain a text. What was found is kept: only what is new is looked through again. */
export class FilteredFiles {
  readonly filter: string;
  readonly #database: DatabaseSync;
  readonly #table: string;
  readonly #pattern: string;
  readonly #search: StatementSync;
  readonly #page: StatementSync;
  #searched = 0;
  #total = 0;
  #searching: Promise<void> | null = null;
  #users = 0;

  constructor(database: DatabaseSync, filter: string) {
    this.filter = filter;
    this.#database = database;
    this.#table = `hits${++tables}`;
    this.#pattern = `%${filter.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    database.exec(`CREATE TABLE ${this.#table} (n INTEGER PRIMARY KEY, id INTEGER NOT NULL)`);
    this.#search = database.prepare(
      `INSERT INTO ${this.#table} (id) SELECT id FROM files WHERE id > ? AND id <= ? AND path LIKE ? ESCAPE '\\' ORDER BY id`,
    );
    this.#page = database.prepare(
      `SELECT path, bytes, deleted FROM ${this.#table} JOIN files USING (id) WHERE n > ? ORDER BY n LIMIT ?`,
    );
  }

  get isBusy(): boolean {
    return this.#users > 0;
  }

  /**
   * @param stored how many files are in the list
   * @throws RbError `not-found` when the list is removed meanwhile
   */
  async page(
    stored: number,
    offset: number,
    limit: number,
  ): Promise<{ readonly total: number; readonly rows: readonly unknown[] }> {
    this.#users++;
    try {
      while (this.#searched < stored) {
        this.#searching ??= this.#searchOn(stored).finally(() => {
          this.#searching = null;
        });
        await this.#searching;
      }
      this.#mustBeOpen();
      return { total: this.#total, rows: this.#page.all(offset, limit) };
    } finally {
      this.#users--;
    }
  }

  /** Forgets what was found. */
  drop(): void {
    if (this.#database.isOpen) this.#database.exec(`DROP TABLE ${this.#table}`);
  }

  async #searchOn(stored: number): Promise<void> {
    while (this.#searched < stored) {
      this.#mustBeOpen();
      const end = Math.min(stored, this.#searched + SLICE);
      const { changes } = this.#search.run(this.#searched, end, this.#pattern);
      this.#searched = end;
      this.#total += Number(changes);
      await breathe();
    }
  }

  #mustBeOpen(): void {
    if (!this.#database.isOpen) throw new RbError('not-found', 'The task was taken off the list.');
  }
}
