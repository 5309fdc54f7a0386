import { cutEnd, cutMiddle, textWidth } from './text-width.ts';

const GAP = '  ';
const GOOD_COLUMNS = 16;
/** Narrower, a name says nothing any more. */
const LEAST_COLUMNS = 6;

export type TableOptions = {
  /** Numbers of the columns that are. */
  readonly rightAligned?: readonly number[];
  /** How wide the table may be. Default: as wide as it gets. */
  readonly columns?: number;
  /** Columns that are cut where the table would be too wide: names in the middle, lists at the end. */
  readonly flexible?: Readonly<Record<number, 'middle' | 'end'>>;
  /** Numbers of the columns that are left out where the table would be too wide, the first one first. */
  readonly dispensable?: readonly number[];
  /** Columns are left out rather than that flexible ones get narrower than this. Default: 16. */
  readonly goodColumns?: number;
};

/** Lines of cells below each other, the heads first. */
export function renderTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string[] {
  const { rightAligned = [], columns = Infinity, flexible = {}, dispensable = [] } = options;
  const good = options.goodColumns ?? GOOD_COLUMNS;
  const all = [heads, ...rows];
  const widths = heads.map((_, column) =>
    all.reduce((most, row) => Math.max(most, textWidth(row[column] ?? '')), 0),
  );
  const shown = heads.map((_, column) => column);
  const least = widths.map((width, column) => (column in flexible ? Math.min(width, good) : width));
  for (const column of dispensable) {
    if (totalWidth(shown, least) <= columns) break;
    shown.splice(shown.indexOf(column), 1);
  }
  const mayShrink = shown.filter((column) => column in flexible);
  shrink(mayShrink, widths, totalWidth(shown, widths) - columns);
  return all.map((row) => {
    const cells = shown.map((column) => {
      const width = widths[column] ?? 0;
      const cut = flexible[column] === 'end' ? cutEnd : cutMiddle;
      const cell = cut(row[column] ?? '', width);
      const blanks = ' '.repeat(Math.max(0, width - textWidth(cell)));
      return rightAligned.includes(column) ? blanks + cell : cell + blanks;
    });
    return cutEnd(cells.join(GAP).trimEnd(), columns);
  });
}

function totalWidth(shown: readonly number[], widths: readonly number[]): number {
  const cells = shown.reduce((sum, column) => sum + (widths[column] ?? 0), 0);
  return cells + GAP.length * (shown.length - 1);
}

/** Takes from the widest until all have room, so that short ones stay whole. */
function shrink(mayShrink: readonly number[], widths: number[], excess: number): void {
  for (let left = excess; left > 0; left--) {
    const widest = mayShrink.reduce<number | null>(
      (most, column) =>
        most === null || (widths[column] ?? 0) >= (widths[most] ?? 0) ? column : most,
      null,
    );
    if (widest === null || (widths[widest] ?? 0) <= LEAST_COLUMNS) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}
