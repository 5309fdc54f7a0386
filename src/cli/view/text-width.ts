import { createRequire } from 'node:module';

/** Printable ASCII, Latin letters and the ellipsis: a column each. */
const NARROW = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f…]*$/;
const require = createRequire(import.meta.url);

type StringWidth = typeof import('string-width').default;
let stringWidth: StringWidth | null = null;
let segmenter: Intl.Segmenter | null = null;

/** Columns that a text without escape sequences takes on a terminal. */
export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  // Its tables take 50 ms to make, more than all the rest of a short command, and most names need none of them.
  stringWidth ??= (require('string-width') as { readonly default: StringWidth }).default;
  return stringWidth(text);
}

/** The text if it fits, else its beginning and `…`; never wider than `columns`. */
export function cutEnd(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  return columns < 1 ? '' : `${takeColumns(graphemesOf(text), columns - 1).join('')}…`;
}

/** As {@link cutEnd}, but both ends are kept, of the end more: `Photos/Sum…/IMG_0042.jpeg`. */
export function cutMiddle(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return '';
  const graphemes = graphemesOf(text);
  const tail = takeColumns(graphemes.toReversed(), Math.ceil(((columns - 1) * 2) / 3)).toReversed();
  const head = takeColumns(graphemes, columns - 1 - textWidth(tail.join('')));
  return `${head.join('')}…${tail.join('')}`;
}

/** Cut in the middle, and filled with blanks to exactly `columns`. */
export function fitColumns(text: string, columns: number): string {
  const cut = cutMiddle(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - textWidth(cut)));
}

function graphemesOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
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
