import { bufferOver, equalBytes } from '../base/bytes.ts';
import type { ExitStatus } from '../base/exit-status.ts';
import type { Position } from '../wire/messages-backup.ts';

/** A path as JSON can hold it: text, and the bytes as well where text isn't the whole truth. */
export type JsonPath = { readonly path: string; readonly pathBytes?: string };

/** `path` is UTF-8 with U+FFFD for what is none; only then `pathBytes` is there, the exact bytes in base64. */
export function jsonPath(bytes: Uint8Array): JsonPath {
  const path = bufferOver(bytes).toString('utf8');
  if (equalBytes(Buffer.from(path), bytes)) return { path };
  return { path, pathBytes: bufferOver(bytes).toString('base64') };
}

/** What progress messages of all verbs have in common. */
export type Place = Readonly<Position> & { readonly phase: string };

/** @param rate bytes a second */
export function jsonProgress(place: Place, rate: number): object {
  const { phase, fileBytes, fileTotal, bytes, total, files, filesTotal } = place;
  const { path: file, pathBytes: fileNameBytes } = jsonPath(place.file);
  return {
    event: 'progress',
    phase,
    file,
    ...(fileNameBytes === undefined ? {} : { fileNameBytes }),
    fileBytes,
    fileTotal,
    bytes,
    total,
    files,
    filesTotal,
    rate: Math.round(rate),
  };
}

/** What stands in a `done` that isn't ok. */
export function jsonFailure(
  code: string,
  message: string,
): { ok: false; code: string; message: string } {
  return { ok: false, code, message };
}

/** How a verb ended, with the reason if it isn't all done. */
export type Outcome = {
  readonly status: ExitStatus;
  readonly code: string;
  readonly message: string;
};
