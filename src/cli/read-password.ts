import { RbError } from '../base/errors.ts';
import type { Cli } from './cli.ts';

/** Longer input is a mistake: a file that was taken for the password. */
const MOST_CHARACTERS = 1024;

/** What arrows and keys like them send (ECMA-48, 5.4). */
// eslint-disable-next-line no-control-regex
const ARROWS = /\u001b[[O][0-9;]*[A-Za-z~]/g;

type Typed = { readonly text: string; readonly isOver: boolean };

/**
 * Reads a password: from a terminal without showing it, else the first line of standard input. What comes behind the
 * line is dropped.
 *
 * @throws RbError `usage` if there is none, or far too much; `interrupted` for Ctrl-C and signals
 */
export async function readPassword(cli: Cli, prompt: string): Promise<string> {
  const { stdin, stderr } = cli;
  const isTerminal = stdin.isTTY;
  if (isTerminal) {
    stderr.write(prompt);
    stdin.setRawMode(true);
  }
  try {
    const text = await readLine(cli, isTerminal);
    if (text === '') throw new RbError('usage', 'No password was given.');
    return text;
  } finally {
    if (isTerminal) {
      stdin.setRawMode(false);
      stderr.write('\n');
    }
    stdin.pause();
  }
}

function readLine({ stdin, signal }: Cli, isTerminal: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: Typed = { text: '', isOver: false };
    const end = (settle: () => void): void => {
      stdin.off('data', onData).off('end', onEnd).off('error', onError);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onError = (error: unknown): void => end(() => reject(error));
    const onAbort = (): void => onError(interrupted());
    const onEnd = (): void => end(() => resolve(typed.text));
    const onData = (data: string): void => {
      try {
        typed = isTerminal ? afterKeys(typed, data) : afterText(typed, data);
      } catch (error) {
        return onError(error);
      }
      return typed.isOver ? onEnd() : undefined;
    };
    stdin.setEncoding('utf8').on('data', onData).on('end', onEnd).on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    stdin.resume();
  });
}

function afterText({ text }: Typed, data: string): Typed {
  const all = text + data;
  const end = all.indexOf('\n');
  const line = (end < 0 ? all : all.slice(0, end)).replace(/\r$/, '');
  return { text: checked(line), isOver: end >= 0 };
}

/** In raw mode the program itself sees to the keys that a terminal otherwise sees to. */
function afterKeys(before: Typed, data: string): Typed {
  let { text } = before;
  for (const key of data.replaceAll(ARROWS, '')) {
    if (key === '\r' || key === '\n' || key === '\u0004') return { text, isOver: true };
    if (key === '\u0003') throw interrupted();
    if (key === '\u007f' || key === '\b') text = Array.from(text).slice(0, -1).join('');
    else if (key === '\u0015') text = '';
    else if (key >= ' ') text = checked(text + key);
  }
  return { text, isOver: false };
}

function checked(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  throw new RbError('usage', `A password has at most ${MOST_CHARACTERS} characters.`);
}

function interrupted(): RbError {
  return new RbError('interrupted', 'Interrupted; the password is as it was.');
}
