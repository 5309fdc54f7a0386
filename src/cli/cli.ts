import type { Command } from 'commander';

import type { ExitStatus } from '../base/exit-status.ts';

/** What a verb gets of the process it runs in. */
export type Cli = {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: NodeJS.ProcessEnv;
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** The user's arguments, for the bytes of those that are no UTF-8. */
  readonly argv: readonly string[];
  /** How the process will end; the verb sets it when it isn't `done`. */
  status: ExitStatus;
};

/** Adds a verb's arguments, options and action to its command. The action resolves when the verb is through. */
export type DefineVerb = (command: Command, cli: Cli) => void;

export type Verb = {
  readonly name: string;
  /** What follows the name in the usage, and what it does in a few words. */
  readonly usage: string;
  readonly summary: string;
  /** Loads the verb's file, and nothing else. */
  readonly load: () => Promise<DefineVerb>;
};

/** One of the two programs. */
export type Program = {
  readonly name: string;
  readonly verbs: readonly Verb[];
  /** What is meant when the first argument is none of the verbs. */
  readonly defaultVerb: string;
  /** Options that take a value, so that the verb is found behind them. */
  readonly valueOptions: ReadonlySet<string>;
  /** The text of `-h` without a verb. */
  readonly help: () => Promise<string>;
};
