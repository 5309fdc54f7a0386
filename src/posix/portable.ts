import { fileCalls, lookCalls, openCalls } from './portable/content-calls.ts';
import { FolderHandles } from './portable/handles.ts';
import { attributeCalls, nameCalls, noXattrs } from './portable/metadata-calls.ts';
import { ownerCalls } from './portable/owner-calls.ts';
import type { Posix } from './posix.ts';

/**
 * The port with node:fs alone, for every system: what it can't do, `abilities` and
 * docs/guides/fidelity.md say. The folders that one port opened mean nothing to another.
 */
export function portablePosix(): Posix {
  const handles = new FolderHandles();
  return {
    kind: 'portable',
    abilities: {
      confined: false,
      xattrs: false,
      holes: false,
      fifos: false,
      nanoseconds: false,
      syncfs: false,
    },
    ...openCalls(handles),
    ...fileCalls(handles),
    ...lookCalls(handles),
    ...nameCalls(handles),
    ...attributeCalls(handles),
    ...noXattrs,
    ...ownerCalls(),
  };
}
