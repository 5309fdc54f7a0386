import { hex } from '../base/bytes.ts';
import { RbError, isRbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import { formatSetKey } from '../model/snapshot.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { HubContext } from './hub-context.ts';
import type { Client } from './register.ts';
import { isAllowed, requireRight } from './rights.ts';

/** What it needs of a hub. */
type Rooms = Pick<HubContext, 'catalog' | 'clock' | 'log' | 'register' | 'history'>;

/** How long a release by another process, or a removal, may stay unnoticed. */
const LOOK_EVERY_MS = 2000;

/**
 * Sees to it that destinations get what was released. Snapshots are released in the catalog, by this process or by
 * another that has it open, so the list of those that are held back is looked at again and again: one index, mostly empty.
 */
export class Releases {
  readonly #hub: Rooms;
  #held: ReadonlyMap<string, SetKey>;
  #stop: () => void = () => undefined;

  constructor(hub: Rooms) {
    this.#hub = hub;
    this.#held = heldNow(hub);
  }

  /** Looks now, and every two seconds from now on. */
  watch(): void {
    this.#stop();
    try {
      this.look();
    } catch (error) {
      // Whoever needs the catalog next is told; what was released is found the next time.
      if (!isRbError(error)) throw error;
    }
    const timer = this.#hub.clock.setTimeout(() => this.watch(), LOOK_EVERY_MS);
    this.#stop = () => timer.cancel();
  }

  stop(): void {
    this.#stop();
  }

  /** Destinations are offered what is held back no more. To be called too when a snapshot was held back. */
  look(): void {
    const before = this.#held;
    const now = heldNow(this.#hub);
    this.#held = now;
    for (const [id, key] of before) if (!now.has(id)) this.#released(id, key);
  }

  #released(id: string, key: SetKey): void {
    const { register, history, catalog, log } = this.#hub;
    history.notify();
    // It may be gone altogether.
    if (catalog.snapshot(Buffer.from(id, 'hex')) === undefined) return;
    for (const order of register.destinationsFor(key)) order.consider(key);
    log({
      level: 'info',
      event: 'released',
      message: `Snapshot ${id.slice(0, 12)} was released: destinations get it now.`,
      set: escapeName(formatSetKey(key)),
    });
  }
}

function heldNow({ catalog }: Rooms): Map<string, SetKey> {
  return new Map(catalog.heldSnapshots().map(({ id, key }) => [hex(id), key]));
}

/**
 * Releases a snapshot for a client, durably. One that isn't held back stays as it is.
 * @throws RbError `not-found`, which is also what somebody is told of others' snapshots; `not-allowed`
 */
export function releaseSnapshot(hub: HubContext, { login }: Client, id: Uint8Array): void {
  const row = hub.catalog.snapshot(id);
  if (row === undefined || !isAllowed(login, 'ask-snapshots', row.key.user)) {
    requireRight(login, 'release', login.user);
    throw new RbError('not-found', 'There is no such snapshot.');
  }
  requireRight(login, 'release', row.key.user);
  hub.catalog.release(id);
  hub.releases.look();
}
