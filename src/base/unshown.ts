/**
 * Characters that are never shown as they are: C0 and C1 controls and DEL; the marks, embeddings,
 * overrides and isolates that change the direction of text (Unicode UAX #9) and so can make a name look
 * like another; line and paragraph separators; soft hyphens, zero-width and other invisible characters;
 * tag characters; surrogates without a partner; non-characters; and the backslash, which escapes them.
 * The terminal and the pages go by the same list.
 */
export const UNSHOWN: RegExp =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}\\]|\p{Surrogate}/u;

const SHORT: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
};

const encoder = new TextEncoder();

/** `\x1b`: a byte that stands for no text. */
export function byteEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Escapes one character by its bytes; a lone surrogate has none in UTF-8 and is shown as its unit. */
export function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const point = character.codePointAt(0) ?? 0;
  if (point >= 0xd800 && point <= 0xdfff) return `\\u${point.toString(16)}`;
  return Array.from(encoder.encode(character), byteEscape).join('');
}
