import { RbError } from '../base/errors.ts';
import type { AskCheck, Checked, Checking, Problem } from '../wire/messages-care.ts';
import type { HubSession } from './session.ts';

/** What a check tells on its way; what returns a promise is waited for. */
export type CheckListener = {
  readonly onProgress: (progress: Checking) => void;
  readonly onProblem: (problem: Problem) => Promise<void>;
};

/**
 * Has the hub verify its vault, and with `heal` fetch what is damaged from the destinations that are connected. An end
 * of the signal ends the check; what it healed stays.
 *
 * @throws RbError not-allowed, busy, connection-lost, interrupted
 */
export async function checkHub(
  session: HubSession,
  wanted: Omit<AskCheck, 't' | 'what'>,
  listener: CheckListener,
  signal: AbortSignal,
): Promise<Checked> {
  const stream = session.connection.openStream({ t: 'ask', what: 'check', ...wanted });
  const stop = (): void =>
    stream.fail(new RbError('interrupted', 'The check was interrupted; what it healed stays.'));
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    for (;;) {
      const message = await stream.next();
      if (message?.t === 'checking') listener.onProgress(message);
      else if (message?.t === 'problem') await listener.onProblem(message);
      else if (message?.t === 'checked') {
        stream.end();
        return message;
      } else throw new RbError('protocol', 'The hub did not say what the check has found.');
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
