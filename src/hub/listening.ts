import { lookup } from 'node:dns/promises';

import type { Clock } from '../base/clock.ts';
import { RbError, isRbError, toRbError } from '../base/errors.ts';
import type { Connection, Listener } from '../transport/transport.ts';
import { Door } from './door.ts';
import { Signal } from './signal.ts';
import { within } from './within.ts';

/** Where to listen; port 0 is any free one. */
export type ListenAt = { readonly host: string; readonly port: number };
/** Where it listens. */
export type ListenedAt = { readonly address: string; readonly port: number };

/** Binds an address; whoever comes is handed on. */
export type Bind = (
  at: ListenAt,
  onConnection: (connection: Connection) => void,
) => Promise<Listener>;

type Open = { readonly door: Door; readonly listener: Listener };

/** What is still being done at the end may hang on a name that nobody resolves; it does no harm later. */
const TURN_WITHIN_MS = 7000;
/** Addresses that stand for all of this machine. */
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Where a hub listens, which may change while it runs. What is asked of it is done in turn. */
export class Listening {
  /** It listens elsewhere, no more, or again. */
  readonly changed: Signal = new Signal();
  readonly #bind: Bind;
  readonly #enter: (door: Door, connection: Connection) => void;
  readonly #clock: Clock;
  readonly #leaving = new Set<Promise<void>>();
  #open: Open | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #ended: RbError | null = null;

  /** @param enter told of everybody who comes, by which door; must not throw */
  constructor(bind: Bind, enter: (door: Door, connection: Connection) => void, clock: Clock) {
    this.#bind = bind;
    this.#enter = enter;
    this.#clock = clock;
  }

  /** Null while it doesn't listen. */
  get now(): ListenedAt | null {
    if (this.#open === null) return null;
    const { address, port } = this.#open.listener;
    return { address, port };
  }

  /** As `Hub.listen` says. */
  listen(at: ListenAt): Promise<void> {
    return this.#inTurn(() => this.#listen(at));
  }

  /** As `Hub.stopListening` says. */
  stop(): Promise<void> {
    return this.#inTurn(() => this.#leave('The hub has stopped listening.'));
  }

  /** Stops for good; does not wait for its turn. At most 7 s. */
  async end(reason: RbError): Promise<void> {
    this.#ended ??= reason;
    this.#enterBy(null, reason);
    await Promise.all([within(this.#clock, TURN_WITHIN_MS, this.#turn), ...this.#leaving]);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #listen(at: ListenAt): Promise<void> {
    const before = this.#open?.listener;
    if (before === undefined) return this.#openAt(at);
    const isSamePort = at.port === before.port;
    if (isSamePort && (await addressOf(at.host)) === before.address) return undefined;
    try {
      await this.#openAt(at);
      await Promise.all(this.#leaving);
    } catch (error) {
      // All addresses and one of them exclude each other at the same port: what is in the way may be this hub itself.
      const isWide = WILDCARDS.has(at.host) || WILDCARDS.has(before.address);
      if (!isRbError(error, 'port-taken') || !isSamePort || !isWide) throw error;
      await this.#swap(before, at);
    }
    return undefined;
  }

  /** Gives the old address up first; goes back to it if the new one can't be had. */
  async #swap(before: ListenedAt, at: ListenAt): Promise<void> {
    await this.#leave('The hub is about to listen at another address of the same port.');
    try {
      await this.#openAt(at);
    } catch (error) {
      try {
        await this.#openAt({ host: before.address, port: before.port });
      } catch (second) {
        const { code, message } = toRbError(second);
        throw new RbError(code, `${message} The hub listens nowhere now.`, { cause: error });
      }
      throw error;
    }
  }

  async #leave(why: string): Promise<void> {
    this.#enterBy(null, retryable(`${why} It goes on when the hub is back.`));
    await Promise.all(this.#leaving);
  }

  /** Listens there; whoever came by the address before is sent away meanwhile. */
  async #openAt(at: ListenAt): Promise<void> {
    if (this.#ended !== null) throw this.#ended;
    const door = new Door(this.#clock);
    const listener = await this.#bind(at, (connection) => {
      door.enter(connection);
      this.#enter(door, connection);
    });
    const ended = this.#whyEnded();
    if (ended !== null) {
      await door.close(listener, ended);
      throw ended;
    }
    this.#enterBy({ door, listener }, elsewhere(listener));
  }

  /** Asked anew after each wait. */
  #whyEnded(): RbError | null {
    return this.#ended;
  }

  /** From here on by this door, or by none; the one before is closed meanwhile. */
  #enterBy(next: Open | null, reason: RbError): void {
    const before = this.#open;
    if (before === next) return;
    this.#open = next;
    if (before !== null) {
      const left = before.door.close(before.listener, reason);
      this.#leaving.add(left);
      void left.then(() => this.#leaving.delete(left));
    }
    this.changed.notify();
  }
}

function elsewhere({ address, port }: ListenedAt): RbError {
  const where = WILDCARDS.has(address) ? `port ${port}` : `${address}, port ${port}`;
  return retryable(`The hub listens elsewhere now: ${where}. It goes on there.`);
}

function retryable(message: string): RbError {
  return new RbError('connection-lost', message, { retry: true });
}

/** The address that a name stands for; the name itself if it stands for none. */
async function addressOf(host: string): Promise<string> {
  return lookup(host).then(
    ({ address }) => address,
    () => host,
  );
}
