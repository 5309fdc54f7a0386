import type { Program } from './cli.ts';

export type FoundVerb = {
  /** Null: help for the program as a whole. */
  readonly verb: string | null;
  /** Whether the verb was named, or is the one that is meant when none is. */
  readonly isNamed: boolean;
  /** The arguments without the verb. */
  readonly rest: readonly string[];
};

/**
 * Finds the verb: the first argument that is neither an option nor an option's value, if it is a verb's name. Options
 * may stand before it.
 */
export function findVerb(program: Program, argv: readonly string[]): FoundVerb {
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] as string;
    if (argument === '--') break;
    if (argument === 'help' && at === 0) return helpOf(program, argv[1]);
    if (argument.startsWith('-') && argument !== '-') {
      if (program.valueOptions.has(argument)) at++;
      continue;
    }
    if (!program.verbs.some(({ name }) => name === argument)) break;
    return { verb: argument, isNamed: true, rest: argv.filter((_, i) => i !== at) };
  }
  const isBare = argv.length === 0 || argv.some((argument) => isHelp(argument));
  return { verb: isBare ? null : program.defaultVerb, isNamed: false, rest: argv };
}

function helpOf(program: Program, name: string | undefined): FoundVerb {
  const verb = program.verbs.find((known) => known.name === name)?.name ?? null;
  return { verb, isNamed: true, rest: ['-h'] };
}

function isHelp(argument: string): boolean {
  return argument === '-h' || argument === '--help';
}
