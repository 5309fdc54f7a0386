import type { ErrorCode } from '../base/errors.ts';

const HINTS: Partial<Record<ErrorCode, string>> = {
  'not-trusted':
    'If the hub was set up anew, ask for an invitation and run `rbbackup login CODE`. If it was not, somebody may be standing between you.',
  'not-allowed':
    'Ask whoever runs the hub for an invitation (`rbbackupd invite DIR NAME`) or for more rights.',
  'invitation-expired': 'Ask for another: `rbbackupd invite DIR NAME`.',
  'invitation-used': 'Ask for another: `rbbackupd invite DIR NAME`.',
  'connection-lost':
    'Does --server name the hub, and its port? Run the same command again: it goes on from there.',
  timeout:
    'Is the hub running, and does a firewall let its port through? Run the same command again: it goes on from there.',
  'missing-chunk':
    'At the hub, `rbbackupd check DIR` shows what is affected; backing the folder up again mends it.',
  'damaged-chunk':
    'At the hub, `rbbackupd check DIR` shows what is affected; backing the folder up again mends it.',
  internal: 'Please report it, with what RBBACKUP_DEBUG=1 prints.',
};

/** What a person may do next about an error whose message doesn't say it; null if there is nothing to add. */
export function hintOf(code: string): string | null {
  return Object.hasOwn(HINTS, code) ? (HINTS[code as ErrorCode] ?? null) : null;
}
