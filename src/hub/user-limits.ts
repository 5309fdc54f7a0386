import type { Clock } from '../base/clock.ts';
import { RbError } from '../base/errors.ts';
import { formatBytes } from '../base/format.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { SetKey } from '../model/snapshot.ts';
import { TokenBucket } from '../transport/token-bucket.ts';
import type { Connection } from '../transport/transport.ts';

/** What a user's backups add is written to the catalog in pieces of this much, and at the end of each run. */
const NOTED_BYTES = 32 * 1024 * 1024;

type Rate = {
  readonly bytesPerSecond: number;
  readonly incoming: TokenBucket;
  readonly outgoing: TokenBucket;
};

/** Sees to it that no user takes more of the hub than its limits allow. What limits are is in catalog/limits.ts. */
export class UserLimitsKeeper {
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #connections = new Map<string, number>();
  readonly #rates = new Map<string, Rate>();
  /** Added, and not yet in the catalog. */
  readonly #unnoted = new Map<string, number>();

  constructor(catalog: Catalog, clock: Clock) {
    this.#catalog = catalog;
    this.#clock = clock;
  }

  /**
   * Lets one more connection of a user in, at the rate that all of them share.
   * @throws RbError `limit-reached` (may be tried again)
   */
  enter(user: string, connection: Connection): void {
    const { connections, bytesPerSecond } = this.#catalog.limitsOf(user);
    const open = this.#connections.get(user) ?? 0;
    if (connections !== null && open >= connections) {
      throw new RbError(
        'limit-reached',
        `This user may have ${connections} connections to this hub at a time, and has them: end one.`,
        { retry: true },
      );
    }
    this.#connections.set(user, open + 1);
    if (bytesPerSecond !== null) {
      const { incoming, outgoing } = this.#rate(user, bytesPerSecond);
      connection.shareRate(incoming, outgoing);
    }
    void connection.closed.then(() => this.#leave(user));
  }

  /** Before a run begins. @throws RbError `limit-reached` */
  admitRun({ user, host, set }: SetKey): void {
    const { sets } = this.#catalog.limitsOf(user);
    this.admitBytes(user, 0);
    if (sets === null) return;
    const known = this.#catalog.sets(user).map(({ key }) => key);
    if (known.length < sets || known.some((key) => key.host === host && key.set === set)) return;
    throw new RbError(
      'limit-reached',
      `This user may have ${sets} backup sets at this hub, and has them: back up into one of those, or ask for more.`,
    );
  }

  /** Before a record is added that takes so much. @throws RbError `limit-reached` */
  admitBytes(user: string, bytes: number): void {
    const { storedBytes } = this.#catalog.limitsOf(user);
    if (storedBytes === null) return;
    const taken = this.#catalog.storedBytesOf(user) + (this.#unnoted.get(user) ?? 0);
    if (taken + Math.max(bytes, 1) <= storedBytes) return;
    throw new RbError(
      'limit-reached',
      `The backups of this user may take ${formatBytes(storedBytes)} of this hub, and that is used up: ask for more.`,
    );
  }

  /** A record was added. */
  added(user: string, bytes: number): void {
    const unnoted = (this.#unnoted.get(user) ?? 0) + bytes;
    this.#unnoted.set(user, unnoted);
    if (unnoted >= NOTED_BYTES) this.note(user);
  }

  /** Writes down what was added. */
  note(user: string): void {
    const unnoted = this.#unnoted.get(user) ?? 0;
    this.#unnoted.delete(user);
    if (unnoted > 0) this.#catalog.addStoredBytes(user, unnoted);
  }

  #leave(user: string): void {
    const open = (this.#connections.get(user) ?? 1) - 1;
    if (open > 0) {
      this.#connections.set(user, open);
      return;
    }
    this.#connections.delete(user);
    this.#rates.delete(user);
  }

  #rate(user: string, bytesPerSecond: number): Rate {
    const known = this.#rates.get(user);
    if (known?.bytesPerSecond === bytesPerSecond) return known;
    const bucket = (): TokenBucket => new TokenBucket(bytesPerSecond, this.#clock);
    const rate = { bytesPerSecond, incoming: bucket(), outgoing: bucket() };
    this.#rates.set(user, rate);
    return rate;
  }
}
