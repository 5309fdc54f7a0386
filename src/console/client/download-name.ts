/** What no file's name may hold on one system or another, what changes the direction of text, and what can't be seen. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\u{e0000}-\u{e007f}"*/:<>?\\|]/gu;
/** Of RFC 5987's `attr-char` those that `encodeURIComponent` leaves as they are and that aren't. */
const NOT_ATTR_CHAR = /['()*!]/g;

/**
 * Says that an answer is a file to be kept, and its name (RFC 6266): as ASCII for those who know no better, and
 * in UTF-8 (RFC 5987). What could mislead in a name is `_`.
 *
 * @param name as it was on the disk that it comes from
 */
export function contentDisposition(name: Uint8Array): string {
  const text = new TextDecoder()
    .decode(name)
    .replace(UNSAFE, '_')
    .replace(/[. ]+$/, '_');
  const safe = text === '' ? 'file' : text.replace(/^\.+$/, '_');
  // eslint-disable-next-line no-control-regex
  const ascii = safe.replaceAll(/[^\x20-\x7e]|%/gu, '_');
  const encoded = encodeURIComponent(safe).replace(
    NOT_ATTR_CHAR,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
