import { createRequire } from 'node:module';

import { Command, CommanderError } from 'commander';

import { RbError, isRbError, toRbError } from '../base/errors.ts';
import { EXIT_STATUS, exitStatusOf } from '../base/exit-status.ts';
import type { ExitStatus } from '../base/exit-status.ts';
import { escapeName } from '../base/names.ts';
import type { Cli, Program } from './cli.ts';
import { findVerb } from './find-verb.ts';
import { hintOf } from './hints.ts';
import { stopOnSignals } from './stop-signals.ts';
import { wrapText } from './view/wrap-text.ts';

/**
 * Runs one of the two programs and ends the process with the status of what came of it.
 *
 * @param argv the arguments behind the program's name
 */
export async function main(program: Program, argv: readonly string[]): Promise<void> {
  const { stdout, stderr, stdin, env } = process;
  // A reader that went away (`| head`) is no reason to break off a backup.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  const cli: Cli = {
    stdout,
    stderr,
    stdin,
    env,
    argv,
    signal: stopOnSignals(),
    status: EXIT_STATUS.done,
  };
  const status = await run(program, argv, cli);
  await Promise.all([flushed(stdout), flushed(stderr)]);
  // Not by itself: a socket or a thread that lingers must not keep a finished command.
  process.exit(status);
}

/** Runs a program and says how it ended; nothing is thrown. */
export async function run(
  program: Program,
  argv: readonly string[],
  cli: Cli,
): Promise<ExitStatus> {
  try {
    await dispatch(program, argv, cli);
    return cli.status;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_STATUS.done;
    return reportFailure(program, argv, cli, error);
  }
}

async function dispatch(program: Program, argv: readonly string[], cli: Cli): Promise<void> {
  if (argv[0] === '--version' || argv[0] === '-V')
    return void cli.stdout.write(`${program.name} ${versionText()}\n`);
  const { verb, isNamed, rest } = findVerb(program, argv);
  if (verb === null) {
    const help = await program.help();
    if (argv.length > 0) return void cli.stdout.write(help);
    throw new CommanderError(2, 'rbbackup.missing', `nothing to do\n${help}`);
  }
  const found = program.verbs.find(({ name }) => name === verb);
  const define = await found?.load();
  const command = new Command(isNamed ? `${program.name} ${verb}` : program.name);
  command.helpOption('-h, --help', 'this text').exitOverride().allowExcessArguments(false);
  command.configureOutput({
    writeOut: (text) => void cli.stdout.write(text),
    writeErr: () => undefined,
  });
  command.combineFlagAndOptionalValue(false);
  define?.(command, cli);
  try {
    await command.parseAsync([...rest], { from: 'user' });
  } catch (error) {
    if (
      error instanceof CommanderError &&
      isNamed &&
      argv[0]?.startsWith('-') === true &&
      error.exitCode !== 0
    ) {
      throw new CommanderError(
        2,
        error.code,
        `${error.message}\nTo back up something named '${verb}': ${program.name} backup … ${verb}`,
      );
    }
    throw error;
  }
}

function reportFailure(
  program: Program,
  argv: readonly string[],
  cli: Cli,
  error: unknown,
): ExitStatus {
  const isUsage = error instanceof CommanderError;
  const { code, message, cause } = isUsage ? usageOf(program, error) : failureOf(cli, error);
  if (argv.includes('--json')) {
    const first = message.split('\n', 1)[0];
    cli.stdout.write(`${JSON.stringify({ event: 'done', ok: false, code, message: first })}\n`);
  } else {
    const hint = isUsage ? null : hintOf(code);
    complain(cli, `${program.name}: ${message}`);
    if (hint !== null) complain(cli, hint);
  }
  if (cli.env['RBBACKUP_DEBUG'])
    cli.stderr.write(`${stackOf(error)}\n${cause === undefined ? '' : `${stackOf(cause)}\n`}`);
  const status = exitStatusOf(code);
  // These two say that something was committed. Where an error is thrown, nothing was.
  return status === EXIT_STATUS.incomplete || status === EXIT_STATUS.tooFewCopies
    ? EXIT_STATUS.failed
    : status;
}

/** Broken between words on a terminal; whole in a log. */
function complain(cli: Cli, text: string): void {
  const columns = cli.stderr.isTTY ? cli.stderr.columns || 80 : Infinity;
  const lines = text.split('\n').flatMap((line) => wrapText(line, columns));
  cli.stderr.write(`${lines.join('\n')}\n`);
}

/** Whatever breaks once the user has stopped the program, it is because of that. */
function failureOf(cli: Cli, error: unknown): RbError {
  if (!cli.signal.aborted || isRbError(error, 'interrupted')) return toRbError(error);
  return new RbError(
    'interrupted',
    'Interrupted; run the same command again and it goes on from there.',
    { cause: error },
  );
}

function usageOf(
  program: Program,
  error: CommanderError,
): { code: string; message: string; cause: undefined } {
  // Quotes what was typed: not to be trusted with the terminal.
  const lines = error.message
    .replace(/^error: /, '')
    .split('\n')
    .map((line) => escapeName(line));
  const more = error.code === 'rbbackup.missing' ? '' : `\n${program.name} -h lists what there is.`;
  return { code: 'usage', message: `${lines.join('\n')}${more}`, cause: undefined };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function versionText(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return version;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) return resolve();
    stream.write('', () => resolve());
  });
}
