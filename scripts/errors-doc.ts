/** The text of docs/spec/errors.md, made from the list of codes. */

import { ERROR_CODES } from '../src/base/errors.ts';
import { EXIT_STATUS, exitStatusOf } from '../src/base/exit-status.ts';

const STATUS_MEANING: Readonly<Record<keyof typeof EXIT_STATUS, string>> = {
  done: 'all done: committed, and on as many verified copies as asked',
  failed: 'failed; the message says what to do',
  usage: 'the command line is wrong',
  incomplete:
    'committed, but something could not be read or changed while it was read: it is listed',
  tooFewCopies: 'committed at the hub, but fewer verified copies than asked',
  refused: 'not allowed, or not trusted',
  interrupted: 'interrupted; running it again goes on from there',
};

/** The whole document, ending in a newline. */
export function errorsDocument(): string {
  const codes = Object.entries(ERROR_CODES).map(
    ([code, sentence]) => `| \`${code}\` | ${exitStatusOf(code)} | ${sentence} |`,
  );
  const statuses = Object.entries(EXIT_STATUS).map(
    ([name, status]) => `| ${status} | ${STATUS_MEANING[name as keyof typeof EXIT_STATUS]} |`,
  );
  return [
    '# Errors',
    '',
    'Generated from `src/base/errors.ts` by `npm run docs:errors`; a test holds the two together.',
    '',
    'Every failure has a code. It stands in `--json` output (`"ok":false,"code":"…"`), travels on the wire',
    'and decides the exit status. A code keeps its meaning once it is released.',
    '',
    '| code | exit | meaning |',
    '|---|---|---|',
    ...codes,
    '',
    '## Exit statuses',
    '',
    '| exit | meaning |',
    '|---|---|',
    ...statuses,
    '',
  ].join('\n');
}
