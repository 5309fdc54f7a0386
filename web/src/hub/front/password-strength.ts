/** A rough guess at how many guesses a password withstands; the hub itself asks only for its length. */

export type Strength = 'none' | 'short' | 'weak' | 'fair' | 'good';

/** As the hub demands. */
export const LEAST_CHARACTERS = 8;

/** Offline guesses against scrypt are dear: about 2^45 are out of reach for a stranger, 2^60 for anyone. */
const FAIR_BITS = 45;
const GOOD_BITS = 60;

const COMMON =
  /pass?w(?:or|0r)d|contrase|qwerty|asdf|admin|rbbackup|letmein|welcome|hola|dragon|monkey|iloveyou|12345?6?|abc/giu;

const POOLS: readonly (readonly [RegExp, number])[] = [
  [/\p{Ll}/u, 26],
  [/\p{Lu}/u, 26],
  [/\d/u, 10],
  [/[^\p{L}\d]/u, 20],
  [/[^ -~]/u, 60],
];

/** What follows from the character before it, as in `aaaa` or `4321`, is no new one. */
function newCharacters(text: string): number {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  return points.filter((point, at) => Math.abs(point - (points[at - 1] ?? -9)) > 1).length;
}

export function passwordStrength(password: string): Strength {
  const length = Array.from(password).length;
  if (length === 0) return 'none';
  if (length < LEAST_CHARACTERS) return 'short';
  // A known word is worth one character.
  const rest = password.replaceAll(COMMON, '*');
  const pool = POOLS.reduce((sum, [kind, size]) => sum + (kind.test(rest) ? size : 0), 0);
  const distinct = new Set(rest.toLowerCase()).size;
  // Words of a language are worth less than letters at random: some 2.5 bits a letter.
  const perCharacter = Math.min(Math.log2(Math.max(2, pool)), distinct / 2.2);
  const bits = newCharacters(rest) * Math.min(perCharacter, 4);
  return bits >= GOOD_BITS ? 'good' : bits >= FAIR_BITS ? 'fair' : 'weak';
}
