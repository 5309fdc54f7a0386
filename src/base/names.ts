/** Showing names from disks and wires to people without letting them do anything to the terminal. */

import { UNSHOWN as UNSHOWN_ONE, byteEscape, escapeCharacter } from './unshown.ts';

const UNSHOWN = new RegExp(UNSHOWN_ONE, 'gu');

/** Length of the valid UTF-8 sequence at `at` (RFC 3629), or 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  // Overlong forms, surrogates and what lies beyond U+10FFFF are told by the second byte.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let next = 2; next < length; next++) {
    if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function escapeInvalid(bytes: Uint8Array): string {
  let shown = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      shown += byteEscape(bytes[at] ?? 0);
      at += 1;
      continue;
    }
    const character = Buffer.from(bytes.subarray(at, at + length)).toString('utf8');
    shown += character.replace(UNSHOWN, escapeCharacter);
    at += length;
  }
  return shown;
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A name or a text of somebody else's as one line that is safe on a terminal and in a log: printable
 * characters stay, everything in the list above becomes `\xNN` (its UTF-8 bytes), bytes that are no UTF-8 too,
 * and a backslash is doubled, so that two different names never look the same because of escaping.
 *
 * @param name - bytes as on disk, or text; read during the call only
 */
export function escapeName(name: Uint8Array | string): string {
  if (typeof name === 'string') return name.replace(UNSHOWN, escapeCharacter);
  let text: string;
  try {
    text = strictDecoder.decode(name);
  } catch {
    return escapeInvalid(name);
  }
  return text.replace(UNSHOWN, escapeCharacter);
}

/**
 * A sentence of somebody else's, made safe to show in the same way. Names in it are escaped already, by whoever wrote
 * it: so a backslash stays as it is.
 */
export function escapeText(text: string): string {
  return text.replace(UNSHOWN, (character) =>
    character === '\\' ? character : escapeCharacter(character),
  );
}
