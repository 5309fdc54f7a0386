import { bufferOver, equalBytes } from './bytes.ts';

/** A path as JSON can hold it: text, and the bytes as well where text isn't the whole truth. */
export type JsonPath = { readonly path: string; readonly pathBytes?: string };

/** `path` is UTF-8 with U+FFFD for what is none; only then `pathBytes` is there, the exact bytes in base64. */
export function jsonPath(bytes: Uint8Array): JsonPath {
  const path = bufferOver(bytes).toString('utf8');
  if (equalBytes(Buffer.from(path), bytes)) return { path };
  return { path, pathBytes: bufferOver(bytes).toString('base64') };
}
