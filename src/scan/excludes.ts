import { bufferOver } from '../base/bytes.ts';
import ignore from 'ignore';
import type { Ignore } from 'ignore';

import { DeepPattern } from './deep-pattern.ts';

/** The library remembers every path it was asked about: it is replaced now and then. */
const MOST_ASKED = 20_000;

/** Which paths are left out, by the rules of .gitignore (https://git-scm.com/docs/gitignore). */
export class Excludes {
  readonly #patterns: readonly string[];
  #rules: readonly (Ignore | DeepPattern)[];
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
    // The last pattern that says something decides.
    for (const rules of this.#rules) {
      const said = saidBy(rules, text, isDir);
      if (said !== null) return said;
    }
    return false;
  }
}

/** Whether the path is left out; null if nothing is said of it. */
function saidBy(rules: Ignore | DeepPattern, text: string, isDir: boolean): boolean | null {
  if (rules instanceof DeepPattern) return rules.matches(text, isDir) ? !rules.isNegative : null;
  const { ignored, unignored } = rules.test(isDir ? `${text}/` : text);
  return ignored ? true : unignored ? false : null;
}

/** The last first. */
function rulesOf(patterns: readonly string[]): (Ignore | DeepPattern)[] {
  const rules: (Ignore | DeepPattern)[] = [];
  let together: string[] = [];
  const close = (): void => {
    const plain = ignore({ ignorecase: false, allowRelativePaths: true });
    if (together.length > 0) rules.push(plain.add(together));
    together = [];
  };
  // A pattern of several lines is as many.
  const lines = patterns.flatMap((pattern) => pattern.split(/\r?\n/));
  // The library looks at the folders above as well, which is wrong if it doesn't know all of the patterns.
  const areApart = lines.some((line) => DeepPattern.isDeep(line));
  for (const line of lines) {
    const apart = areApart ? DeepPattern.of(line) : null;
    if (apart === null) together.push(line);
    else close();
    if (apart !== null) rules.push(apart);
  }
  close();
  return rules.toReversed();
}
