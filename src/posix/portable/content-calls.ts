import {
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  writeSync,
} from 'node:fs';
import type { Dirent } from 'node:fs';
import { systemCodeOf } from '../../base/errors.ts';
import { PosixError } from '../posix-error.ts';
import type { FileCalls, LookCalls, OpenCalls } from '../posix.ts';
import type { FileKind } from '../stat.ts';
import type { FolderHandles } from './handles.ts';
import { statOf } from './stat-of.ts';

/** Node leaves out what a system lacks: 0 there. Windows knows neither. */
const O_NOFOLLOW: number = constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK: number = constants.O_NONBLOCK ?? 0;

export function openCalls(handles: FolderHandles): OpenCalls {
  return {
    openRoot: (path) => handles.openRoot(path),
    openDir: (dir, name) => handles.openDir(dir, name),
    openFile(dir, name, flags, mode = 0o600) {
      const path = handles.pathOf(dir, name);
      if (
        O_NOFOLLOW === 0 &&
        lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
      ) {
        throw new PosixError('ELOOP', 'open');
      }
      return openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, mode);
    },
    close: (fd) => handles.close(fd),
  };
}

export function fileCalls(handles: FolderHandles): FileCalls {
  return {
    read: (fd, into, position) => readSync(fd, into, 0, into.length, position),
    willNeed: () => undefined,
    write(fd, bytes, position) {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(fd, bytes, done, bytes.length - done, position + done);
      }
    },
    nextData: (fd, offset) => (offset < fstatSync(fd).size ? offset : -1),
    nextHole(fd, offset) {
      const { size } = fstatSync(fd);
      return offset < size ? size : -1;
    },
    fsync(fd) {
      const folder = handles.folder(fd);
      if (folder === undefined) fsyncSync(fd);
      // Windows can't open a folder: its names are durable in its own time.
      else if (process.platform !== 'win32') syncFolder(handles, folder);
    },
    syncfs() {
      throw new PosixError('ENOTSUP', 'syncfs');
    },
  };
}

function syncFolder(handles: FolderHandles, folder: Buffer): void {
  const fd = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    handles.close(fd);
  }
}

export function lookCalls(handles: FolderHandles): LookCalls {
  return {
    lstatAt: (dir, name) => statOf(lstatSync(handles.pathOf(dir, name), { bigint: true })),
    lstatIfThere(dir, name) {
      const path = handles.pathOf(dir, name);
      try {
        return statOf(lstatSync(path, { bigint: true }));
      } catch (error) {
        if (systemCodeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    fstat(fd) {
      const folder = handles.folder(fd);
      return statOf(
        folder === undefined
          ? fstatSync(fd, { bigint: true })
          : lstatSync(folder, { bigint: true }),
      );
    },
    readDir(dir) {
      const folder = handles.folder(dir);
      if (folder === undefined) throw new PosixError('ENOTDIR', 'readdir');
      const found = readdirSync(folder, { encoding: 'buffer', withFileTypes: true });
      return found.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
    },
    readlinkAt: (dir, name) => readlinkSync(handles.pathOf(dir, name), { encoding: 'buffer' }),
  };
}

function kindOf(entry: Dirent<Buffer>): FileKind | undefined {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'dir';
  if (entry.isSymbolicLink()) return 'symlink';
  if (entry.isFIFO()) return 'fifo';
  if (entry.isSocket()) return 'socket';
  if (entry.isCharacterDevice()) return 'char';
  return entry.isBlockDevice() ? 'block' : undefined;
}
