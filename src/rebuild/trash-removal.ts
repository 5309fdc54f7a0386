import { joinPath, nameOf } from '../model/path.ts';
import type { Fd, Posix } from '../posix/posix.ts';
import { Way } from './way.ts';

/** Things removed between two steps. */
const STEP = 256;

/**
 * Removes a folder of the trash with all that is in it, step by step from folder to folder and through no link: whatever
 * stands there, nothing outside is touched. One that was broken off is finished by the next. @throws what the system throws
 */
export function* removeTrash(posix: Posix, trash: Fd, name: Uint8Array): Generator<void> {
  const way = new Way(posix, trash);
  try {
    yield* empty(posix, way, name);
    posix.rmdirAt(trash, name);
  } finally {
    way.reset();
  }
}

function* empty(posix: Posix, way: Way, folder: Uint8Array): Generator<void> {
  let left = STEP;
  for (const { name, kind } of posix.readDir(way.folder(folder))) {
    const isFolder = (kind ?? posix.lstatAt(way.folder(folder), name).kind) === 'dir';
    const path = joinPath(folder, name);
    if (isFolder) {
      yield* empty(posix, way, path);
      posix.rmdirAt(way.parent(path), nameOf(path));
    } else posix.unlinkAt(way.folder(folder), name);
    if (--left > 0) continue;
    left = STEP;
    yield;
  }
}
