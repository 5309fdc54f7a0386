import { readFigures, replaceFile } from './doc-section.ts';
import type { Result } from './result.ts';
import { resultsPage } from './results-page.ts';
import type { Session } from './session.ts';

/** A result, and the command that it comes from. */
export interface StoredResult extends Result {
  readonly session: Session;
}

/** Where the figures of all runs are kept, and the page that is written from them. */
export interface ResultFiles {
  readonly figures: string;
  readonly page: string;
}

/** Every row's latest results: a row that is measured again replaces its own earlier ones only. */
export class ResultsFile {
  readonly #files: ResultFiles;
  #results: StoredResult[];

  constructor(files: ResultFiles) {
    this.#files = files;
    this.#results = readFigures<StoredResult[]>(files.figures, []);
  }

  /** Adds a result and writes both files, so that what follows may be interrupted. */
  add(result: Result, session: Session): void {
    const stored: StoredResult = { ...result, session };
    const kept = this.#results.filter((other) => keyOf(other) !== keyOf(stored));
    this.#results = [...kept, stored].toSorted(
      (left, right) =>
        left.where.localeCompare(right.where) ||
        left.row.localeCompare(right.row, 'en', { numeric: true }),
    );
    replaceFile(this.#files.figures, `${JSON.stringify(this.#results, null, 1)}\n`);
    replaceFile(this.#files.page, resultsPage(this.#results));
  }
}

function keyOf({ row, work, where }: Result): string {
  return `${row} ${work} ${where}`;
}
