import { hex } from '../base/bytes.ts';
import { EXIT_STATUS } from '../base/exit-status.ts';
import { formatBytes, formatDuration } from '../base/format.ts';
import { jsonPath } from '../base/json-path.ts';
import { escapeName } from '../base/names.ts';

import type { Outcome } from '../client/backup/outcome.ts';
import type { BackupRequest, BackupResult } from '../client/backup/request.ts';
import type { ScanSkipped } from '../scan/protocol.ts';
import type { Copy } from '../wire/messages-backup.ts';
import { jsonFailure } from './json-lines.ts';
import { counted } from './view/counts.ts';
import { heldBackText } from './view/held-words.ts';
import type { Style } from './view/style.ts';
import { copiesText } from './view/task-words.ts';

/** Of what could not be backed up so many are named; all are in `--json`. */
const MOST_LISTED = 20;

/** Everything that is said at the end of a backup. */
export type BackupTold = {
  readonly result: BackupResult;
  readonly request: BackupRequest;
  readonly outcome: Outcome;
  readonly setName: string;
  /** Written to the connection, encryption included. */
  readonly sentBytes: number;
  readonly seconds: number;
};

/** The last object of `backup --json`. */
export function jsonBackup({ result, request, outcome, sentBytes, seconds }: BackupTold): object {
  const { totals, snapshot, sentChunks, sentPlainBytes } = result;
  const isFailed =
    outcome.status === EXIT_STATUS.tooFewCopies || outcome.status === EXIT_STATUS.interrupted;
  const planned = request.dryRun
    ? { dryRun: true, plannedChunks: sentChunks, plannedBytes: sentPlainBytes }
    : {};
  return {
    event: 'done',
    ...(isFailed ? jsonFailure(outcome.code, outcome.message) : { ok: true }),
    snapshot: snapshot === null ? null : hex(snapshot),
    files: totals.files,
    dirs: totals.dirs,
    bytes: totals.bytes,
    sentBytes,
    sentChunks: request.dryRun ? 0 : sentChunks,
    ...planned,
    changed: totals.changed,
    deleted: totals.deleted,
    seconds: Math.round(seconds * 1000) / 1000,
    ...(result.held === null ? {} : { held: result.held }),
    copies: result.copies.map(({ name, state, bytes }) => ({ name, state, bytes })),
    skipped: result.skipped.map(({ path, code, message }) => ({
      ...jsonPath(path),
      why: message,
      code,
    })),
  };
}

/** The same for people: results, and what to be warned of. */
export function backupLines(
  told: BackupTold,
  style: Style,
): { lines: string[]; warnings: string[] } {
  const { result, request, setName, sentBytes, seconds, outcome } = told;
  const { files, dirs, bytes, changed, deleted } = result.totals;
  const what = `${counted(files, 'file')}, ${counted(dirs, 'folder')}, ${formatBytes(bytes)}`;
  const lines: string[] = [];
  if (result.snapshot === null) {
    const planned = `${counted(result.sentChunks, 'piece')} of ${formatBytes(result.sentPlainBytes)}`;
    lines.push(
      `Nothing was changed. A backup would hold ${what}: ${changed} changed, ${deleted} deleted, ${planned} to be sent.`,
    );
  } else {
    lines.push(
      `Snapshot ${style.bold(hex(result.snapshot).slice(0, 12))} of ${escapeName(setName)}: ${what}.`,
    );
    const amount = `${formatBytes(sentBytes)} in ${formatDuration(seconds * 1000)}`;
    lines.push(`Sent ${amount}: ${counted(changed, 'file')} new or changed, ${deleted} deleted.`);
  }
  if (request.copies > 0 && !request.dryRun && result.held === null) {
    const copies = `Copies ${copiesText(result.copies, request.copies).slice('copies '.length)}${namesOf(result.copies)}.`;
    lines.push(result.hasCopies ? style.good(copies) : style.bad(copies));
  }
  const warnings = skippedLines(result.skipped);
  for (const copy of result.copies) {
    const isWorthSaying = copy.state === 'failed' || copy.state === 'gone';
    if (isWorthSaying)
      warnings.push(
        `${escapeName(copy.name)}: ${copy.state}${copy.message ? `, ${escapeName(copy.message)}` : ''}`,
      );
  }
  if (result.held !== null && result.snapshot !== null) {
    const id = hex(result.snapshot).slice(0, 12);
    warnings.push(style.bad(heldBackText(id, result.held)));
  }
  if (outcome.message !== '') warnings.push(outcome.message);
  return { lines, warnings };
}

function namesOf(copies: readonly Copy[]): string {
  const names = copies
    .filter(({ state }) => state === 'verified')
    .map(({ name }) => escapeName(name));
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

function skippedLines(skipped: readonly ScanSkipped[]): string[] {
  const lines = skipped.slice(0, MOST_LISTED).map(({ message }) => `Left out: ${message}`);
  if (skipped.length > MOST_LISTED)
    lines.push(`… and ${skipped.length - MOST_LISTED} more; --json lists all.`);
  return lines;
}
