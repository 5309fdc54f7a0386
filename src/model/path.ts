import { RbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import { LIMITS } from './limits.ts';

/** A path below the root of a tree: raw bytes, components joined by '/'; the root itself is empty. */
export type TreePath = Uint8Array;

const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * Compares in walking order: component by component, so that a folder's contents follow it at once
 * ('a' < 'a/b' < 'a.b'). This is byte order with '/' counted as the smallest byte.
 * @returns negative, zero or positive
 */
export function comparePaths(left: TreePath, right: TreePath): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const a = left[i] as number;
    const b = right[i] as number;
    if (a === b) continue;
    if (a === SLASH) return -1;
    if (b === SLASH) return 1;
    return a - b;
  }
  return left.length - right.length;
}

/**
 * Refuses any path that could leave the root or that no file system could hold. Names are refused, never
 * cleaned: what is rebuilt is what was sent, or nothing.
 * @throws name-refused
 */
export function checkPath(path: TreePath): void {
  if (path.length === 0) return;
  if (path.length > LIMITS.pathBytes) throw refused(path, 'is too long');
  let start = 0;
  let depth = 1;
  for (let i = 0; i <= path.length; i++) {
    const byte = i === path.length ? SLASH : (path[i] as number);
    if (byte === 0) throw refused(path, 'holds a NUL byte');
    if (byte !== SLASH) continue;
    checkComponent(path, start, i);
    if (i < path.length) depth++;
    start = i + 1;
  }
  if (depth > LIMITS.pathDepth) throw refused(path, 'is nested too deeply');
}

function checkComponent(path: TreePath, start: number, end: number): void {
  const length = end - start;
  if (length === 0) throw refused(path, 'is absolute or has an empty component');
  if (length > LIMITS.nameBytes) throw refused(path, 'has a component of more than 255 bytes');
  if (path[start] === DOT && (length === 1 || (length === 2 && path[start + 1] === DOT))) {
    throw refused(path, "has a component '.' or '..'");
  }
}

function refused(path: TreePath, why: string): RbError {
  return new RbError('name-refused', `The path '${escapeName(path.subarray(0, 300))}' ${why}.`);
}

/** Where the last component of a path begins. */
export function nameStart(path: TreePath): number {
  return path.lastIndexOf(SLASH) + 1;
}

/** The last component, a view. */
export function nameOf(path: TreePath): Uint8Array {
  return path.subarray(nameStart(path));
}

/** The folder a path stands in, a view; the root's parent is the root. */
export function parentOf(path: TreePath): TreePath {
  return path.subarray(0, Math.max(0, nameStart(path) - 1));
}

/** Joins a folder and a name in a new buffer. */
export function joinPath(folder: TreePath, name: Uint8Array): TreePath {
  if (folder.length === 0) return Uint8Array.from(name);
  const joined = new Uint8Array(folder.length + 1 + name.length);
  joined.set(folder);
  joined[folder.length] = SLASH;
  joined.set(name, folder.length + 1);
  return joined;
}

/** Whether `path` is `folder` or lies below it. */
export function isWithin(path: TreePath, folder: TreePath): boolean {
  if (folder.length === 0) return true;
  if (path.length < folder.length) return false;
  for (let i = 0; i < folder.length; i++) if (path[i] !== folder[i]) return false;
  return path.length === folder.length || path[folder.length] === SLASH;
}

/** The components of a path, views. */
export function componentsOf(path: TreePath): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i <= path.length && path.length > 0; i++) {
    if (i < path.length && path[i] !== SLASH) continue;
    parts.push(path.subarray(start, i));
    start = i + 1;
  }
  return parts;
}
