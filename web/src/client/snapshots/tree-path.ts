/** Paths in a tree: from its root, without a slash at the beginning; the root is empty. */

import type { Path } from '../../../../src/console/api/common.ts';

export const ROOT: Path = { path: '' };

/** The exact bytes, each as one character; null where the text is all of it. */
function bytesOf({ pathBytes }: Path): string | null {
  return pathBytes === undefined ? null : atob(pathBytes);
}

/** From its bytes, each as one character: as text alone where they are UTF-8. */
function fromBytes(bytes: string): Path {
  const raw = Uint8Array.from(bytes, (character) => character.charCodeAt(0));
  try {
    return { path: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw) };
  } catch {
    return {
      path: new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw),
      pathBytes: btoa(bytes),
    };
  }
}

/** From what an address holds; what is no base64 counts as the root. */
export function pathFromQuery(text: string | undefined, base64: string | undefined): Path {
  if (base64 === undefined) return { path: text ?? '' };
  try {
    return fromBytes(atob(base64));
  } catch {
    return ROOT;
  }
}

export function isRoot(path: Path): boolean {
  return path.path === '' && path.pathBytes === undefined;
}

export function isSamePath(one: Path, other: Path): boolean {
  return one.path === other.path && one.pathBytes === other.pathBytes;
}

/** Different for different paths. */
export function pathId({ path, pathBytes }: Path): string {
  return pathBytes === undefined ? `t${path}` : `b${pathBytes}`;
}

/** Each folder on the way to `path`, and `path` itself; the root is left out. */
export function stepsTo(path: Path): { readonly name: Path; readonly at: Path }[] {
  const bytes = bytesOf(path);
  const make = (text: string): Path => (bytes === null ? { path: text } : fromBytes(text));
  const parts = (bytes ?? path.path).split('/').filter((part) => part !== '');
  return parts.map((part, index) => ({
    name: make(part),
    at: make(parts.slice(0, index + 1).join('/')),
  }));
}

export function parentOf(path: Path): Path {
  return stepsTo(path).at(-2)?.at ?? ROOT;
}

export function nameOf(path: Path): Path {
  return stepsTo(path).at(-1)?.name ?? ROOT;
}
