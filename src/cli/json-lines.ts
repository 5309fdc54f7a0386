import { jsonPath } from '../base/json-path.ts';
import type { Position } from '../wire/messages-backup.ts';

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
