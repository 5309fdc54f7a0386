import { lstatSync, readdirSync } from 'node:fs';
import { endianness } from 'node:os';

import { RbError, systemCodeOf } from '../base/errors.ts';
import { reasonOf } from '../base/system-reason.ts';
import { linuxPosix } from './linux.ts';
import { portablePosix } from './portable.ts';
import { statOf } from './portable/stat-of.ts';
import type { Posix } from './posix.ts';
import type { Stat } from './stat.ts';

/** A port, and why it is not the better one, if it isn't. */
export type LoadedPosix = { readonly posix: Posix; readonly whyPortable: string | undefined };

/** Errors of a moment. They say nothing of what the system can do, and must not cost confinement and attributes from then on. */
const PASSING: ReadonlySet<string> = new Set([
  'EAGAIN',
  'EINTR',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
]);
/** The same where a library could not be loaded: that has no code of the system, only its words. */
const PASSING_WORDS = /Input\/output error|Too many open files|Cannot allocate memory/;

let loaded: LoadedPosix | undefined;

/**
 * The best port for this system. One for each thread, made at the first call (about 10 ms).
 * @throws RbError `unreadable` if that can't be found out just now
 */
export function loadPosix(): Posix {
  return loadPosixWithReason().posix;
}

/** The same, with a sentence for `--verbose` and bug reports. */
export function loadPosixWithReason(): LoadedPosix {
  loaded ??= choose();
  return loaded;
}

function choose(): LoadedPosix {
  if (process.platform !== 'linux') return portable(`${process.platform} is not Linux`);
  if (endianness() !== 'LE')
    return portable('this machine stores numbers with the highest byte first');
  try {
    const posix = linuxPosix();
    // Twice, since '/' may have changed between the two questions.
    const fault = faultOf(posix) && faultOf(posix);
    return fault === undefined ? { posix, whyPortable: undefined } : portable(fault);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!PASSING.has(systemCodeOf(error) ?? '') && !PASSING_WORDS.test(why)) return portable(why);
    const message = `What this system can do could not be tried: ${reasonOf(error)}. Try again.`;
    throw new RbError('unreadable', message, { cause: error, retry: true });
  }
}

function portable(why: string): LoadedPosix {
  return { posix: portablePosix(), whyPortable: why };
}

/**
 * Compares what the port says with what Node says: a kernel that is too old, a sandbox that forbids
 * a call, or a layout that differs shows here and not in a backup.
 */
function faultOf(posix: Posix): string | undefined {
  const root = posix.openRoot('/');
  try {
    if (!sameInode(posix.fstat(root), statOf(lstatSync('/', { bigint: true }))))
      return 'fstat disagrees with Node';
    const names = posix.readDir(root).map(({ name }) => Buffer.from(name).toString('latin1'));
    const expected = readdirSync('/', { encoding: 'latin1' });
    if (names.toSorted().join('/') !== expected.toSorted().join('/'))
      return 'readDir disagrees with Node';
    // Attributes of a name, and the mode of one in older kernels, go by /proc.
    if (posix.lstatIfThere(root, Buffer.from('proc'))?.kind !== 'dir') return '/proc is missing';
    posix.hasXattrs({ dir: root, name: Buffer.from('proc') });
    return undefined;
  } finally {
    posix.close(root);
  }
}

function sameInode(ours: Stat, nodes: Stat): boolean {
  const { dev: _ours, ...left } = ours;
  const { dev: _nodes, ...right } = nodes;
  return JSON.stringify(left) === JSON.stringify(right);
}
