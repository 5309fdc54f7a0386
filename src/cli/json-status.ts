import { jsonPath } from '../base/json-path.ts';
import type { RunStatus, Status } from '../wire/messages-ask.ts';

/** A status as one object. */
export function jsonStatus({ hub, clients, runs }: Status): object {
  return { event: 'status', hub, clients, runs: runs.map(jsonRun) };
}

function jsonRun(run: RunStatus): object {
  const copies = run.copies.map(({ file, ...copy }) => ({ ...copy, file: jsonPath(file).path }));
  return { ...run, file: jsonPath(run.file).path, copies };
}
