import { toRbError } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Hub } from '../../hub/hub.ts';
import { rememberChoice, rememberListening } from './hub-settings.ts';
import type { ListenAt } from './hub-settings.ts';

type Where = { readonly address: string; readonly port: number };

export type ListeningOptions = {
  readonly hub: Pick<Hub, 'listen' | 'stopListening' | 'listening'>;
  readonly catalog: Catalog;
  /** Where it was told to listen when it was started. */
  readonly chosen: ListenAt;
  /** Why it doesn't listen there, a sentence; null if it does. */
  readonly problem: string | null;
  /** Gets where it listens from now on, or null; not called for where it listens at first. */
  readonly onMoved?: (listening: Where | null) => void;
};

/** Where the hub listens for clients, as it is chosen in the console. Changes are made one after the other. */
export class ChosenListening {
  readonly #options: ListeningOptions;
  #chosen: ListenAt;
  #problem: string | null;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: ListeningOptions) {
    this.#options = options;
    this.#chosen = options.chosen;
    this.#problem = options.problem;
  }

  /** Where it listens, or would. */
  get chosen(): ListenAt {
    return this.#chosen;
  }

  /** Why it doesn't listen though it should. */
  get problem(): string | null {
    return this.#options.hub.listening === null ? this.#problem : null;
  }

  /**
   * Listens there, now and from the next start on. Where that fails, it goes on where it was.
   *
   * @throws RbError `port-taken` and what else the transport throws
   */
  start(at: ListenAt): Promise<void> {
    return this.#oneByOne(async () => {
      const { hub, catalog, onMoved } = this.#options;
      try {
        await hub.listen(at);
      } catch (error) {
        if (hub.listening === null) {
          this.#chosen = at;
          this.#problem = toRbError(error).message;
        }
        throw error;
      }
      this.#problem = null;
      const port = hub.listening?.port ?? at.port;
      this.#chosen = { host: at.host, port };
      rememberChoice(catalog, this.#chosen);
      if (hub.listening !== null) rememberListening(catalog, hub.listening.address, port);
      onMoved?.(hub.listening);
    });
  }

  /** Until it is started again, or the hub is. */
  stop(): Promise<void> {
    return this.#oneByOne(async () => {
      await this.#options.hub.stopListening();
      this.#problem = null;
      this.#options.onMoved?.(null);
    });
  }

  #oneByOne(change: () => Promise<void>): Promise<void> {
    const mine = this.#changes.then(change);
    this.#changes = mine.catch(() => undefined);
    return mine;
  }
}
