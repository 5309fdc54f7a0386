/** What is said of backups under way; the pages in the browser say it in the same words. */

import type { RunStatus } from '../../wire/messages-ask.ts';
import type { Copy } from '../../wire/messages-backup.ts';
import { escapeName } from '../../base/names.ts';

/** What an origin does while its pieces travel. */
export const SENDING = 'Sending what the hub lacks';
export const COMMITTING = 'Making it durable at the hub';

/** `Waiting for destinations: 1 of 3 destinations connected (attic)` */
export function waitingText(
  connected: number,
  needed: number,
  names: readonly string[] = [],
): string {
  const who = names.length === 0 ? '' : ` (${names.map((name) => escapeName(name)).join(', ')})`;
  const count = `${connected} of ${needed} destinations connected${who}`;
  return connected >= needed ? count : `Waiting for destinations: ${count}`;
}

/** `copies verified: 2 of 3` */
export function copiesText(copies: readonly Pick<Copy, 'state'>[], asked: number): string {
  const verified = copies.filter(({ state }) => state === 'verified').length;
  const more = verified > asked && asked > 0 ? `, and ${verified - asked} more` : '';
  return `copies verified: ${Math.min(verified, asked)} of ${asked}${more}`;
}

/** What a run does, as the hub sees it. */
export function runText(run: RunStatus): string {
  const { phase, connected, needed, copies } = run;
  switch (phase) {
    case 'waiting':
      return waitingText(connected, needed);
    case 'queued':
      return 'Waiting for another backup of the same set to end';
    case 'committing':
      return COMMITTING;
    case 'committed':
      return needed === 0 ? 'Committed' : `Committed; ${copiesText(copies, needed)}`;
    case 'sending':
      return needed === 0 ? SENDING : `${SENDING}; ${copiesText(copies, needed)}`;
    default:
      return escapeName(phase);
  }
}
