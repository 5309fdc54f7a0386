import type { Entry } from '../model/entry.ts';
import { nameOf } from '../model/path.ts';
import type { Fd, Posix } from '../posix/posix.ts';
import { PRIVATE } from './attributes.ts';
import { READ } from './ground.ts';
import type { Ground } from './ground.ts';
import { codeOf, inTheWay, PathProblem } from './problems.ts';

/**
 * Sets the metadata of what stands in an entry's place.
 * @param ino of the file that must be there, with no other name; not looked at for anything else
 * @throws PathProblem in-the-way, and what the system throws
 */
export function setInPlace(ground: Ground, entry: Entry, ino: number | undefined): void {
  const { posix, target, attributes } = ground;
  const parent = target.parent(entry.path);
  const name = nameOf(entry.path);
  if (entry.kind !== 'file') {
    attributes.setByName(entry, parent, name);
    return;
  }
  const fd = openToSet(posix, parent, name);
  try {
    const stat = posix.fstat(fd);
    if (stat.ino !== ino || stat.kind !== 'file')
      throw inTheWay('It was replaced by someone meanwhile');
    if (stat.nlink !== 1)
      throw new PathProblem('in-the-way', 'It was linked elsewhere meanwhile; run again.');
    attributes.set(entry, fd);
  } finally {
    posix.close(fd);
  }
}

function openToSet(posix: Posix, parent: Fd, name: Uint8Array): Fd {
  try {
    return posix.openFile(parent, name, READ);
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error;
    posix.chmodAt(parent, name, PRIVATE);
    return posix.openFile(parent, name, READ);
  }
}
