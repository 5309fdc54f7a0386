import stringWidth from 'string-width';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text without escape sequences takes on a terminal. */
export function textWidth(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** The text if it fits, else its beginning and `…`; never wider than `columns`. */
export function cutEnd(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  return columns < 1 ? '' : `${takeColumns(graphemesOf(text), columns - 1).join('')}…`;
}

/** As {@link cutEnd}, but of a path the end is kept, which tells more: `…/deep/folder/file.c`. */
export function cutStart(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return '';
  const kept = takeColumns(graphemesOf(text).toReversed(), columns - 1).toReversed();
  return `…${kept.join('')}`;
}

/** Cut, and filled with blanks to exactly `columns`. */
export function fitColumns(text: string, columns: number): string {
  const cut = cutEnd(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - textWidth(cut)));
}

function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function takeColumns(graphemes: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const grapheme of graphemes) {
    used += textWidth(grapheme);
    if (used > columns) break;
    taken.push(grapheme);
  }
  return taken;
}
