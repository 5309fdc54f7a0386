import { RbError } from '../../base/errors.ts';
import type { KnownHub } from '../../client/config.ts';
import { leave, openSession } from '../../client/session.ts';
import type { HubSession, SessionContext } from '../../client/session.ts';
import type { HubList } from './hub-list.ts';

type Shared = { readonly hub: KnownHub; readonly session: Promise<HubSession> };

/** One login at the hub in use, for all pages that look at snapshots. Another one when it is lost, or another hub is used. */
export class SharedSession {
  readonly #hubs: HubList;
  readonly #host: string;
  readonly #context: SessionContext;
  #shared: Shared | null = null;

  constructor(hubs: HubList, host: string, context: SessionContext) {
    this.#hubs = hubs;
    this.#host = host;
    this.#context = context;
  }

  /** @throws RbError `usage` if no hub is known; as openSession */
  async get(): Promise<HubSession> {
    await this.#hubs.refresh();
    const hub = this.#hubs.current;
    if (hub === null)
      throw new RbError('usage', "This device isn't logged in at any hub; log in first.");
    const { fingerprint, name } = hub;
    if (this.#shared?.hub.fingerprint !== fingerprint || this.#shared.hub.name !== name) {
      void this.close();
      const session = openSession({ fingerprint, name, host: this.#host }, this.#context);
      const shared = { hub, session };
      this.#shared = shared;
      const forget = (): void => {
        if (this.#shared === shared) this.#shared = null;
      };
      session
        .then(
          ({ connection }) => connection.closed,
          () => null,
        )
        .then(forget, forget);
    }
    return await this.#shared.session;
  }

  async close(): Promise<void> {
    const shared = this.#shared;
    this.#shared = null;
    const session = await shared?.session.catch(() => null);
    if (session) await leave(session);
  }
}
