import { EXIT_STATUS } from '../../base/exit-status.ts';
import type { ExitStatus } from '../../base/exit-status.ts';
import type { ScanSkipped } from '../../scan/protocol.ts';
import type { Copy } from '../../wire/messages-backup.ts';
import type { BackupRequest, BackupResult } from './request.ts';

/** How a backup ended, with the reason if it isn't all done. */
export type Outcome = {
  readonly status: ExitStatus;
  readonly code: string;
  readonly message: string;
};

/** How a backup that was committed (or tried out) ended; a lack of copies outweighs files that were left out. */
export function outcomeOf(
  result: BackupResult,
  request: Pick<BackupRequest, 'dryRun' | 'copies'>,
  isInterrupted: boolean,
): Outcome {
  const { done, interrupted, tooFewCopies, incomplete } = EXIT_STATUS;
  const isShort = !request.dryRun && !result.hasCopies;
  if (isShort && result.held !== null) {
    return {
      status: tooFewCopies,
      code: 'held-back',
      message:
        'Committed at the hub, but no copy was made: it is held back until somebody releases it.',
    };
  }
  const copies = verifiedText(result.copies, request.copies);
  if (isShort && isInterrupted) {
    return {
      status: interrupted,
      code: 'interrupted',
      message: `Committed, but interrupted while waiting for copies: ${copies}.`,
    };
  }
  if (isShort) {
    const then =
      'destinations that come later get it from the hub, and `rbbackup snapshots` shows who has it.';
    return {
      status: tooFewCopies,
      code: 'too-few-copies',
      message: `Committed at the hub, but ${copies}; ${then}`,
    };
  }
  const lost = result.skipped.filter(isLoss);
  if (lost.length === 0) return { status: done, code: '', message: '' };
  const message = `Committed, but ${lost.length === 1 ? '1 file or folder' : `${lost.length} files and folders`} could not be taken as they are.`;
  return { status: incomplete, code: lost[0]?.code ?? 'unreadable', message };
}

/** Sockets and devices are named, but nobody misses them in a backup. */
function isLoss({ code }: ScanSkipped): boolean {
  return code !== 'unsupported';
}

/** `2 of 3 copies verified` */
export function verifiedText(copies: readonly Copy[], needed: number): string {
  const verified = copies.filter(({ state }) => state === 'verified').length;
  const more = verified > needed && needed > 0 ? `, and ${verified - needed} more` : '';
  return `${Math.min(verified, needed)} of ${needed} copies verified${more}`;
}
