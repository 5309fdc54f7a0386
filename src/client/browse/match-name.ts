import { bufferOver } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';

/** Longest text that is looked for. */
const MOST_TEXT = 1024;

/**
 * Whether names are found by a text: those that contain it, whatever the case; with `*` or `?` in it, those that
 * are as it says from beginning to end, where `*` stands for any characters and `?` for one. Bytes of a name that
 * are no UTF-8 count as U+FFFD.
 *
 * @throws usage for a text that is empty or too long
 */
export function nameMatcher(text: string): (name: Uint8Array) => boolean {
  if (text === '') throw new RbError('usage', 'Say what to look for: a part of a name.');
  if (text.length > MOST_TEXT)
    throw new RbError('usage', `Names are shorter than ${MOST_TEXT} characters; give less.`);
  if (/[*?]/.test(text)) {
    const pattern = charactersOf(text);
    return (name) => matchesGlob(charactersOf(bufferOver(name).toString('utf8')), pattern);
  }
  const part = folded(text);
  return (name) => folded(bufferOver(name).toString('utf8')).includes(part);
}

/** One and the same for all ways to write a text in capitals or not, composed or not. */
function folded(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  // Upper case first: what has one capital in common is the same then, such as both forms of a small sigma, or ß and ss.
  const lower = text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
  return lower.replaceAll('ς', 'σ');
}

/** Each character folded by itself, so that one stays one. */
function charactersOf(text: string): ArrayLike<string> {
  // eslint-disable-next-line no-control-regex
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  return Array.from(text.normalize('NFC'), folded);
}

/** In at most as many steps as the two lengths multiplied, whatever the pattern. */
function matchesGlob(name: ArrayLike<string>, pattern: ArrayLike<string>): boolean {
  let at = 0;
  let inPattern = 0;
  /** Where to go on with the last `*` standing for one character more. */
  let star = -1;
  let afterStar = 0;
  while (at < name.length) {
    const expected = pattern[inPattern];
    if (expected === '*') {
      star = inPattern++;
      afterStar = at;
    } else if (expected === '?' || expected === name[at]) {
      at++;
      inPattern++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++afterStar;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
