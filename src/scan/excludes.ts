import { bufferOver } from '../base/bytes.ts';
import ignore from 'ignore';
import type { Ignore } from 'ignore';

/** The library remembers every path it was asked about: it is replaced now and then. */
const MOST_ASKED = 20_000;

/** Which paths are left out, by the rules of .gitignore (https://git-scm.com/docs/gitignore). */
export class Excludes {
  readonly #patterns: readonly string[];
  #rules: Ignore;
  #asked = 0;

  constructor(patterns: readonly string[]) {
    this.#patterns = patterns;
    this.#rules = rulesOf(patterns);
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /** @param path relative to the root; the folders above it are not left out. What is no UTF-8 matches as U+FFFD. */
  has(path: Uint8Array, isDir: boolean): boolean {
    if (this.isEmpty) return false;
    if (++this.#asked > MOST_ASKED) {
      this.#asked = 0;
      this.#rules = rulesOf(this.#patterns);
    }
    const text = bufferOver(path).toString('utf8');
    return this.#rules.ignores(isDir ? `${text}/` : text);
  }
}

function rulesOf(patterns: readonly string[]): Ignore {
  return ignore({ ignorecase: false, allowRelativePaths: true }).add(patterns);
}
