import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { linuxPosix } from '../../src/posix/linux.ts';
import { portablePosix } from '../../src/posix/portable.ts';
import type { Fd, Posix } from '../../src/posix/posix.ts';

/** Why tests of the Linux port are left out here; false where they run. */
export const notLinux: string | false =
  process.platform === 'linux' ? false : 'the calls are those of Linux';

export const notRoot: string | false =
  process.geteuid?.() === 0 ? false : 'only root may give files away';

/** Every port that works on this system. */
export const PORTS: readonly Posix[] = notLinux
  ? [portablePosix()]
  : [linuxPosix(), portablePosix()];

/** Real folders on each kind of file system that is at hand. */
export const PLACES: readonly string[] = hasSharedMemory() ? [tmpdir(), '/dev/shm'] : [tmpdir()];

export const bytes = (text: string): Buffer => Buffer.from(text);
export const text = (name: Uint8Array): string => Buffer.from(name).toString();

/** An empty folder that is gone after the test, and it opened by the port. */
export function folder(t: TestContext, posix: Posix, place: string = tmpdir()): FolderUnderTest {
  const path = mkdtempSync(join(place, 'rbbackup-posix-'));
  const fd = posix.openRoot(path);
  t.after(() => {
    posix.close(fd);
    rmSync(path, { recursive: true, force: true });
  });
  return { path, fd };
}

export type FolderUnderTest = { readonly path: string; readonly fd: Fd };

function hasSharedMemory(): boolean {
  try {
    return statfsSync('/dev/shm').bsize > 0;
  } catch {
    return false;
  }
}
