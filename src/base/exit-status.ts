/**
 * Exit statuses of the two programs, and which error code ends with which of them. This is the one
 * place that maps codes to statuses; `errors.ts` builds its list on it.
 */

/** What a script sees of a finished program, in the words of the command line's contract. */
export const EXIT_STATUS = {
  /** Committed, and on as many verified copies as asked. */
  done: 0,
  /** Failed; the message says what to do. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Committed, but something could not be read or changed while it was read. */
  incomplete: 3,
  /** Committed at the hub, but fewer verified copies than asked. */
  tooFewCopies: 4,
  /** Not allowed, or not trusted. */
  refused: 5,
  /** Interrupted; running it again goes on from there. */
  interrupted: 130,
} as const;

/** One of the numbers in {@link EXIT_STATUS}. */
export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS];

/** Codes that end otherwise than with `failed`. */
const SPECIAL: Readonly<Record<string, ExitStatus>> = {
  usage: EXIT_STATUS.usage,
  'not-allowed': EXIT_STATUS.refused,
  'not-trusted': EXIT_STATUS.refused,
  'invitation-expired': EXIT_STATUS.refused,
  'invitation-used': EXIT_STATUS.refused,
  unreadable: EXIT_STATUS.incomplete,
  'changed-while-read': EXIT_STATUS.incomplete,
  'too-few-copies': EXIT_STATUS.tooFewCopies,
  interrupted: EXIT_STATUS.interrupted,
};

/**
 * The exit status of a program that ends because of an error.
 *
 * @param code - a code of `ERROR_CODES`; an unknown one counts as a plain failure
 */
export function exitStatusOf(code: string): ExitStatus {
  return Object.hasOwn(SPECIAL, code) ? (SPECIAL[code] ?? EXIT_STATUS.failed) : EXIT_STATUS.failed;
}
