import { textWidth } from './text-width.ts';

const GAP = '  ';

/**
 * Lines of cells below each other, the heads first.
 *
 * @param rightAligned numbers of the columns that are
 */
export function renderTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): string[] {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) =>
    all.reduce((most, row) => Math.max(most, textWidth(row[column] ?? '')), 0),
  );
  return all.map((row) => {
    const cells = row.map((cell, column) => {
      const blanks = ' '.repeat((widths[column] ?? 0) - textWidth(cell));
      return rightAligned.includes(column) ? blanks + cell : cell + blanks;
    });
    return cells.join(GAP).trimEnd();
  });
}
