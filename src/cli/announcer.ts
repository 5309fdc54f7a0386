import type { Announcement } from '../hub/announce.ts';
import type { HubEvent } from '../hub/hub-context.ts';
import { announceIfReachable } from './announcement.ts';
import type { Announced } from './announcement.ts';

/** Announces a hub where it listens, also when that changes. */
export class Announcer {
  readonly #hub: Omit<Announced, 'address' | 'port'>;
  readonly #log: (event: HubEvent) => void;
  #announcement: Announcement | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(hub: Omit<Announced, 'address' | 'port'>, log: (event: HubEvent) => void) {
    this.#hub = hub;
    this.#log = log;
  }

  /** From now on there, or nowhere. Resolves when that is so; never rejects. */
  at(listening: { readonly address: string; readonly port: number } | null): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      await this.#announcement?.stop();
      this.#announcement =
        listening === null
          ? null
          : await announceIfReachable({ ...this.#hub, ...listening }, this.#log);
    });
    return this.#turn;
  }
}
