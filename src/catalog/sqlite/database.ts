import { closeSync, openSync, readSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';

import { RbError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import { makePrivateFile } from '../../base/durable-private-file.ts';
import { MIGRATIONS } from './schema.ts';

const BUSY_TIMEOUT_MS = 5000;
/** Switching a new file to WAL is refused at once while another process does the same: then it is tried again. */
const WAL_TRIES = 100;
const WAL_PAUSE_MS = 20;

/** Result codes of https://www.sqlite.org/rescode.html; extended ones have theirs in the low byte. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  5: 'busy', // SQLITE_BUSY
  6: 'busy', // SQLITE_LOCKED
  8: 'dir-unwritable', // SQLITE_READONLY
  10: 'dir-unwritable', // SQLITE_IOERR
  11: 'damaged-catalog', // SQLITE_CORRUPT
  13: 'disk-full', // SQLITE_FULL
  14: 'dir-unwritable', // SQLITE_CANTOPEN
  26: 'damaged-catalog', // SQLITE_NOTADB
};

/** What is over when its cause is gone. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['busy', 'dir-unwritable', 'disk-full']);

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  busy: 'Another process keeps the catalog for itself; try again in a moment.',
  'dir-unwritable':
    "The catalog can't be read or written; check the permissions of the hub's directory, its disk, and the limit of open files.",
  'damaged-catalog':
    'The catalog is damaged; move catalog.db, catalog.db-wal and catalog.db-shm out of the way and start the hub: all snapshots are taken over from the vault, but users and devices are lost and have to be invited again.',
  'disk-full': "There is no space left for the catalog on the hub's disk; free some and try again.",
};

/**
 * An SQLite file with the catalog's schema, usable by several processes. A transaction that has ended is on
 * stable storage (WAL with synchronous=FULL). Statements are prepared once.
 */
export class Database {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #inTransaction = false;

  /** @throws RbError `unsupported` for the file of a newer version, and what {@link Catalog} says */
  constructor(path: string) {
    makePrivateFile(path);
    this.#database = translating(
      () => new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true }),
    );
    try {
      this.#enterWal();
      this.#exec('PRAGMA synchronous = FULL');
      this.#migrate(path);
    } catch (error) {
      this.#database.close();
      throw isOfNoFormat(path) ? damagedBy(error) : error;
    }
  }

  /** The first row, or undefined. `Row` is what the query says it is. */
  // eslint-disable-next-line typescript/no-unnecessary-type-parameters -- as with all(), it names the row's shape
  get<Row>(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return translating(() => this.#statement(sql).get(...parameters) as Row | undefined);
  }

  all<Row>(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return translating(() => this.#statement(sql).all(...parameters) as Row[]);
  }

  /** @returns how many rows were changed */
  run(sql: string, ...parameters: SQLInputValue[]): number {
    return translating(() => Number(this.#statement(sql).run(...parameters).changes));
  }

  /** Does all of it or, when it throws, nothing. The lock for writing is taken at the beginning. Within another, it is part of that. */
  transaction<Result>(work: () => Result): Result {
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  /** For queries that belong together: what others write meanwhile is not seen. Takes no lock, and must not write. */
  reading<Result>(work: () => Result): Result {
    return this.#transaction('BEGIN DEFERRED', work);
  }

  /** @throws damaged-catalog */
  verify(): void {
    // Its words are for who mends databases; one row, `ok`, if there is nothing to say.
    const rows = this.all<{ integrity_check: string }>('PRAGMA integrity_check(1)');
    const isOk = rows.length === 1 && rows[0]?.integrity_check === 'ok';
    const foreign = isOk ? this.all('PRAGMA foreign_key_check') : [];
    if (!isOk || foreign.length > 0) throw damagedBy(new Error(rows[0]?.integrity_check));
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #transaction<Result>(begin: string, work: () => Result): Result {
    if (this.#inTransaction) return work();
    this.#exec(begin);
    this.#inTransaction = true;
    try {
      const result = work();
      this.#exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#exec('ROLLBACK');
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #exec(sql: string): void {
    translating(() => this.#database.exec(sql));
  }

  #enterWal(): void {
    for (let tries = 1; ; tries++) {
      try {
        this.#exec('PRAGMA journal_mode = WAL');
        return;
      } catch (error) {
        if (!(error instanceof RbError) || error.code !== 'busy' || tries === WAL_TRIES)
          throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_PAUSE_MS);
      }
    }
  }

  #migrate(path: string): void {
    this.transaction(() => {
      const version = this.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
      if (version > MIGRATIONS.length) {
        const message = `The catalog ${escapeName(path)} was written by a newer version; use that one.`;
        throw new RbError('unsupported', message);
      }
      for (const step of MIGRATIONS.slice(version)) this.#exec(step);
      this.#exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    });
  }
}

/** Where a file says what can write and read it, and the most that SQLite knows: https://www.sqlite.org/fileformat.html, 1.3.3. */
const FORMATS_AT = 18;
const NEWEST_FORMAT = 2;

/** Whether the file claims a format that there isn't: SQLite takes it for one that may only be read, or not even that. */
function isOfNoFormat(path: string): boolean {
  const formats = Buffer.alloc(2);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, formats, 0, formats.length, FORMATS_AT);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
  return formats.some((format) => format > NEWEST_FORMAT);
}

/** The statements are ours and the schema's version was looked at: what they don't find, damage has taken away. */
function isOfOtherSchema(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /^no such (?:table|column|index)\b/.test(error.message) || isOutOfRange(error);
}

/** A number that no program of ours writes. */
function isOutOfRange(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

function damagedBy(cause: unknown): RbError {
  return new RbError('damaged-catalog', SENTENCES['damaged-catalog'] ?? '', { cause });
}

function translating<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof RbError) throw error;
    const number = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
    const code = CODES[number & 0xff] ?? (isOfOtherSchema(error) ? 'damaged-catalog' : 'internal');
    const sentence =
      SENTENCES[code] ??
      `The catalog failed: ${error instanceof Error ? error.message : String(error)}`;
    throw new RbError(code, sentence, {
      cause: error,
      context: { sqliteCode: number },
      retry: PASSING.has(code),
    });
  }
}
