import { RbError } from '../base/errors.ts';
import type { Status } from '../wire/messages-ask.ts';
import type { HubSession } from './session.ts';

/**
 * How the hub is: once, or again whenever it changes (at most twice a second) until the caller stops asking.
 * @throws connection-lost
 */
export async function* readStatus(
  session: HubSession,
  watch: boolean,
): AsyncGenerator<Status, void, void> {
  const stream = session.connection.openStream({ t: 'ask', what: 'status', watch });
  try {
    for (;;) {
      const message = await stream.next();
      if (message === null) return;
      if (message.t !== 'status') throw new RbError('protocol', 'The hub did not say how it is.');
      yield message;
      if (!watch) return;
    }
  } finally {
    stream.end();
  }
}
