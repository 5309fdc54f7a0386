import type { Where } from '../measure/sample.ts';
import type { Result } from '../report/result.ts';
import type { Bench } from '../rows/row.ts';

/** One size of the work, and what it took. */
export interface Point {
  /** How much work: files, MB, destinations, … */
  readonly x: number;
  readonly where: Where;
  /** By the key of a column: seconds, or bytes. */
  readonly values: Readonly<Record<string, number>>;
}

/** A figure that is followed as the work grows. */
export interface Column {
  readonly key: string;
  readonly head: string;
  readonly unit: 's' | 'MB';
  /**
   * The power of the work that it may grow with at most: 1, in proportion; 0, not at all. Null: it depends on something else,
   * or is told for information.
   */
  readonly power: 0 | 1 | null;
}

/** What a series is given. */
export interface GrowthBench extends Bench {
  /** Adds what the largest size has to say to P8. */
  readonly keepResult: (result: Result) => void;
}

/** One kind of work that grows. */
export interface Series {
  /** `files`; names the section of the document and its plots. */
  readonly id: string;
  readonly title: string;
  /** What `x` counts: `files`. */
  readonly work: string;
  /** What exactly is done, in sentences. */
  readonly how: string;
  readonly columns: readonly Column[];
  /** Yields each point as soon as it is measured, ascending. */
  run(bench: GrowthBench): AsyncGenerator<Point>;
}
