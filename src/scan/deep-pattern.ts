import ignore from 'ignore';
import type { Ignore } from 'ignore';

/** How a pattern's `**` stands between slashes. */
const ANY_FOLDERS = '**';

/** The library remembers every name it was asked about: it is replaced now and then. */
const MOST_ASKED = 1000;

/** What stands between two `**`, and of how many names it is. */
type Piece = { readonly pattern: string; readonly names: number; rules: Ignore; asked: number };

/**
 * A pattern of .gitignore, for such with `**` in several places. As one regular expression it would take time by the depth to the power of
 * their number; here each piece between them is looked for from where the one before it ended, which finds a match if
 * there is one, since `**` stands for any folders.
 */
export class DeepPattern {
  readonly isNegative: boolean;
  readonly #isOfDirs: boolean;
  readonly #isAnchored: boolean;
  /** Whether what lies below is meant, and not the last piece itself. */
  readonly #isOfContents: boolean;
  readonly #pieces: readonly Piece[];

  private constructor(pattern: string) {
    const text = pattern.startsWith('!') ? pattern.slice(1) : pattern;
    const parts = text.split('/').filter((part) => part !== '');
    this.isNegative = text !== pattern;
    this.#isOfDirs = text.endsWith('/');
    // A name alone is looked for at any depth.
    const isName = parts.length === 1 && !text.startsWith('/');
    this.#isAnchored = !isName && parts[0] !== ANY_FOLDERS;
    this.#isOfContents = parts.at(-1) === ANY_FOLDERS;
    this.#pieces = piecesOf(parts);
  }

  /** Whether it has enough of `**` to be slow as a regular expression: one alone is a plain loop. */
  static isDeep(pattern: string): boolean {
    return (
      pattern
        .trimEnd()
        .split('/')
        .filter((part) => part === ANY_FOLDERS).length > 1
    );
  }

  /** Any pattern in which each slash parts two names; else null. */
  static of(pattern: string): DeepPattern | null {
    const text = pattern.trimEnd();
    // A comment; a slash that is escaped or in brackets; a space at the end that is meant.
    if (text === '' || /^#|\\\/|\[[^\]]*\/|\\$/.test(text)) return null;
    const made = new DeepPattern(text);
    return made.#pieces.length === 0 ? null : made;
  }

  /** @param path without a slash at its end */
  matches(path: string, isDir: boolean): boolean {
    if (this.#isOfDirs && !isDir) return false;
    const names = path.split('/');
    const end = names.length - (this.#isOfContents ? 1 : 0);
    let from = 0;
    for (const [index, piece] of this.#pieces.entries()) {
      const isFirst = index === 0 && this.#isAnchored;
      const isLast = index === this.#pieces.length - 1 && !this.#isOfContents;
      const latest = isFirst ? 0 : end - piece.names;
      const at = find(names, piece, isLast ? Math.max(from, latest) : from, latest);
      from = at + piece.names;
      if (at < 0 || from > end || (isLast && from !== end)) return false;
    }
    return true;
  }
}

/** What stands between the `**`. */
function piecesOf(parts: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < parts.length; at++) {
    const begun = at;
    while (at < parts.length && parts[at] !== ANY_FOLDERS) at++;
    if (at === begun) continue;
    const pattern = `/${parts.slice(begun, at).join('/')}`;
    pieces.push({ pattern, names: at - begun, rules: rulesOf(pattern), asked: 0 });
  }
  return pieces;
}

function rulesOf(pattern: string): Ignore {
  return ignore({ ignorecase: false, allowRelativePaths: true }).add(pattern);
}

/** Where a piece is found first, or -1. */
function find(names: readonly string[], piece: Piece, from: number, latest: number): number {
  for (let at = from; at <= latest; at++) {
    if (++piece.asked % MOST_ASKED === 0) piece.rules = rulesOf(piece.pattern);
    if (piece.rules.ignores(names.slice(at, at + piece.names).join('/'))) return at;
  }
  return -1;
}
