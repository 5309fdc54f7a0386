import { cutEnd, textWidth } from './text-width.ts';

/** What styles put around words; it takes no columns. */
// eslint-disable-next-line no-control-regex
const STYLE = /\u001b\[\d+m/g;
/** A number stays with its unit. */
const BETWEEN_WORDS = /(?<!\d) | (?!(?:(?:[KMGTPE]i)?B|s|min|h|d)\b)/;
/** Below this, words would be cut more often than kept. */
const LEAST_COLUMNS = 20;

/**
 * A sentence as lines no wider than `columns`, broken between words. A word that is longer than a line, such as a path,
 * is left to the terminal to break, so that it can be copied whole.
 *
 * @param indent begins every line but the first
 */
export function wrapText(text: string, columns: number, indent: string = ''): string[] {
  if (columns < LEAST_COLUMNS || visibleWidth(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(BETWEEN_WORDS)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() !== '' && visibleWidth(longer) > columns) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}

/** As {@link wrapText}, but nothing is ever wider: what is, is cut. For views that are redrawn. */
export function wrapToFit(text: string, columns: number): string[] {
  return wrapText(text, columns).map((line) => cutEnd(line, columns));
}

function visibleWidth(text: string): number {
  return textWidth(text.replaceAll(STYLE, ''));
}
