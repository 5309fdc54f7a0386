/** Names from disks and from other people, which may hold anything. */

import type { Path } from '../../../src/console/api/common.ts';
import { UNSHOWN, byteEscape, escapeCharacter } from '../../../src/base/unshown.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

type Piece = { readonly text: string; readonly isEscape: boolean };

function piecesOfText(text: string): Piece[] {
  if (!UNSHOWN.test(text)) return [{ text, isEscape: false }];
  const pieces: Piece[] = [];
  for (const character of text) {
    const isEscape = UNSHOWN.test(character);
    const shown = isEscape ? escapeCharacter(character) : character;
    const last = pieces.at(-1);
    if (last?.isEscape === isEscape) {
      pieces[pieces.length - 1] = { text: last.text + shown, isEscape };
    } else pieces.push({ text: shown, isEscape });
  }
  return pieces;
}

/** Bytes that are no UTF-8 one by one, the rest as text. */
function piecesOfBytes(base64: string): Piece[] {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const pieces: Piece[] = [];
  let at = 0;
  while (at < bytes.length) {
    let length = 1;
    let text: string | null = null;
    for (; length <= 4 && at + length <= bytes.length && text === null; length++) {
      try {
        text = decoder.decode(bytes.subarray(at, at + length));
      } catch {
        text = null;
      }
    }
    if (text === null) pieces.push({ text: byteEscape(bytes[at] ?? 0), isEscape: true });
    else pieces.push(...piecesOfText(text));
    at += text === null ? 1 : length - 1;
  }
  return pieces;
}

function piecesOf(name: Path | string): Piece[] {
  if (typeof name === 'string') return piecesOfText(name);
  return name.pathBytes === undefined ? piecesOfText(name.path) : piecesOfBytes(name.pathBytes);
}

/** For attributes and sentences, where no markup can be: the same characters as the page shows. */
export function nameText(name: Path | string): string {
  return piecesOf(name)
    .map(({ text }) => text)
    .join('');
}

function markup(pieces: readonly Piece[]) {
  return (
    <bdi>
      {pieces.map(({ text, isEscape }, index) =>
        isEscape ? (
          <span key={index} class="escape">
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </bdi>
  );
}

/** The only way a name gets on the page: its direction stays inside, and what can't be seen is written out. */
export function showName(name: Path | string) {
  return markup(piecesOf(name));
}

/** A long path on one line: the folders give way, the last part stays. */
export function PathLine({ path, class: extra = '' }: { path: Path | string; class?: string }) {
  const [folders, last] = splitAtLastPart(piecesOf(path));
  return (
    <span class={`flex min-w-0 ${extra}`} title={nameText(path)}>
      {folders.length > 0 && (
        <span class="min-w-0 shrink truncate text-muted">{markup(folders)}</span>
      )}
      <span class="min-w-8 max-w-full shrink-0 truncate">{markup(last)}</span>
    </span>
  );
}

/** What stands before the last part, with its slash, and that part. */
function splitAtLastPart(pieces: readonly Piece[]): [Piece[], Piece[]] {
  for (let index = pieces.length - 1; index >= 0; index--) {
    const piece = pieces[index];
    if (piece === undefined || piece.isEscape) continue;
    // A slash at the very end belongs to the last part.
    const from = index === pieces.length - 1 ? piece.text.length - 2 : piece.text.length - 1;
    const cut = from < 0 ? 0 : piece.text.lastIndexOf('/', from) + 1;
    if (cut === 0) continue;
    const before = { text: piece.text.slice(0, cut), isEscape: false };
    const after = { text: piece.text.slice(cut), isEscape: false };
    return [
      [...pieces.slice(0, index), before],
      [after, ...pieces.slice(index + 1)],
    ];
  }
  return [[], [...pieces]];
}
