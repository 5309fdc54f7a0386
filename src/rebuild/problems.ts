import { RbError, systemCodeOf, toRbError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { RebuildProblem } from './protocol.ts';

/** Problems that are listed; further ones are only counted. */
const MOST_LISTED = 1000;

/** A problem of one path: the rest goes on. */
export class PathProblem extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'PathProblem';
    this.code = code;
  }
}

export function inTheWay(what: string): PathProblem {
  return new PathProblem(
    'in-the-way',
    `${what}; it was left untouched. Move it away and run again.`,
  );
}

/** Collects and counts what could not be put in place. */
export class Problems {
  readonly #send: (problem: RebuildProblem) => void;
  /** Those that keep the copy from being verified. */
  count = 0;
  #listed = 0;

  constructor(send: (problem: RebuildProblem) => void) {
    this.#send = send;
  }

  /** @param spoils whether the copy isn't verified because of it */
  add(path: Uint8Array, code: ErrorCode, message: string, spoils: boolean = true): void {
    if (spoils) this.count++;
    if (++this.#listed > MOST_LISTED) return;
    this.#send({ t: 'problem', path: Uint8Array.from(path), code, message });
  }
}

/** The system's code of a failed call, or undefined. */
export function codeOf(error: unknown): string | undefined {
  return systemCodeOf(error);
}

/**
 * A failure that has to do with one path only, as its problem. Anything else (no space left, a fault of ours, a
 * peer that breaks the rules) is thrown on: the run ends.
 */
export function pathProblem(error: unknown): PathProblem {
  if (error instanceof PathProblem) return error;
  if (error instanceof RbError) throw error;
  switch (systemCodeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new PathProblem(
        'dir-unwritable',
        'It may not be written here; check the permissions of its folder.',
      );
    case 'EEXIST':
    case 'ENOTEMPTY':
    case 'EISDIR':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'EXDEV':
    case 'ETXTBSY':
      return inTheWay('Something else stands there');
    case 'ENOENT':
      return new PathProblem('in-the-way', 'Its folder was removed or moved meanwhile; run again.');
    case 'ENAMETOOLONG':
    case 'EINVAL':
    case 'EILSEQ':
      return new PathProblem('name-refused', 'This file system can not hold that name.');
    case 'ENOTSUP':
      return new PathProblem('unsupported', 'This file system can not hold all of its attributes.');
    case 'E2BIG':
    case 'EFBIG':
    case 'EMLINK':
    case 'ERANGE':
      return new PathProblem('too-large', 'It is larger than this file system allows.');
    case 'EIO':
      return new PathProblem('unreadable', 'The disk reported an error; check the disk.');
    case undefined:
    default: {
      const known = toRbError(error);
      if (known.code === 'disk-full') {
        throw new RbError(
          'disk-full',
          'There is no space left to rebuild the tree; free some, it then goes on.',
          {
            cause: error,
            retry: true,
          },
        );
      }
      throw known;
    }
  }
}
