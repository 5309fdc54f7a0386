/** A change to the source that some test should notice. */
export type Mutant = {
  readonly id: string;
  /** From the root of the project. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** What kind of change, in Stryker's words. */
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
};

/**
 * `killed`: a test failed. `timeout`: a test went on and on. `survived`: the tests that reach it all passed. `unreached`:
 * no test gets there.
 */
export type Fate = 'killed' | 'timeout' | 'survived' | 'unreached';

export type Result = { readonly mutant: Mutant; readonly fate: Fate; readonly by: string };

const SHOWN_CHARACTERS = 70;

/** The same for the same change in another run, as long as nobody edits the file. */
export function nameOf(mutant: Mutant): string {
  const { file, line, column, mutator, original, replacement } = mutant;
  return [`${file}:${line}:${column}`, mutator, original, replacement].join('\n');
}

/** One line for people. */
export function describe({ file, line, column, mutator, original, replacement }: Mutant): string {
  return `${file}:${line}:${column} ${mutator}: ${short(original)} -> ${short(replacement)}`;
}

function short(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ');
  return line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS)}…`;
}
