import { hex } from '../base/bytes.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { Connection } from '../transport/transport.ts';
import type { Role } from '../wire/messages-ask.ts';
import type { Holder } from './copies.ts';
import type { Door } from './door.ts';
import type { Login } from './rights.ts';
import type { Run } from './runs/run.ts';
import { Signal } from './signal.ts';

/** A destination's standing order, as runs see it. */
export interface Order extends Holder {
  /** Whether it answers what it is asked about what it holds. */
  readonly answers: boolean;
  /** Whether it takes this set: its user may read it, and it asked for it. */
  takes(key: SetKey): boolean;
  /** Looks whether there is anything new for it in this set. */
  consider(key: SetKey): void;
  /**
   * What it was offered as a run is this snapshot from now on; or, if that is held back, what it has put in place of the
   * run is to go back to the newest released snapshot.
   */
  committed(run: Run): void;
  /** It has acknowledged this snapshot, verified. */
  holds(key: SetKey, snapshot: Uint8Array): void;
  /** The snapshot of a set that it has as far as both ends know, while nothing newer is under way to it; else null. */
  atRest(key: SetKey): Uint8Array | null;
  /** It was found not to hold what it had acknowledged of this set. */
  failed(key: SetKey): void;
  /** What this snapshot lacked is there again: it is offered again though it was before. */
  offerAgain(key: SetKey, snapshot: Uint8Array): void;
  /** A transfer ended without an answer: it may be offered again, after a while. */
  retryLater(key: SetKey): void;
}

/** What somebody does, for programs. */
export type Activity = {
  readonly role: Role;
  readonly kind: 'backing-up' | 'receiving' | 'waiting' | 'reading';
  /** What it is about, if it is about one set. */
  readonly set: SetKey | null;
  /** The same for people, in English. */
  readonly doing: string;
};

/** A connection that has logged in. */
export class Client {
  readonly login: Login;
  /** Where it came in. */
  readonly door: Door;
  readonly connection: Connection;
  readonly sinceMs: number;
  readonly #activities = new Map<number, Activity>();
  /** As a destination. */
  destinationName = '';

  constructor(login: Login, door: Door, connection: Connection, sinceMs: number) {
    this.login = login;
    this.door = door;
    this.connection = connection;
    this.sinceMs = sinceMs;
  }

  /** What it is by the streams that it has open: an origin before a destination before an observer. */
  get role(): Role {
    return this.activity?.role ?? 'observer';
  }

  /** What it does mainly; null while no stream is open. */
  get activity(): Activity | null {
    const all = [...this.#activities.values()];
    const byRole = (role: Role) => all.findLast((activity) => activity.role === role);
    return byRole('origin') ?? byRole('destination') ?? byRole('observer') ?? null;
  }

  get doing(): string {
    return this.activity?.doing ?? '';
  }

  begin(stream: number, activity: Activity): void {
    this.#activities.set(stream, activity);
  }

  end(stream: number): void {
    this.#activities.delete(stream);
  }
}

/** Who is connected now. Whoever's connection ends is off it at once. */
export class Register {
  /** Somebody or a standing order came or went, or does something else. */
  readonly changed: Signal = new Signal();
  readonly #clients = new Set<Client>();
  readonly #orders = new Set<Order>();

  clients(): readonly Client[] {
    return [...this.#clients];
  }

  add(client: Client): void {
    this.#clients.add(client);
    this.changed.notify();
  }

  remove(client: Client): void {
    if (this.#clients.delete(client)) this.changed.notify();
  }

  orders(): readonly Order[] {
    return [...this.#orders];
  }

  addOrder(order: Order): void {
    this.#orders.add(order);
    this.changed.notify();
  }

  removeOrder(order: Order): void {
    if (this.#orders.delete(order)) this.changed.notify();
  }

  /** The destinations that take a set, each once, however many connections it has. */
  destinationsFor(key: SetKey): readonly Order[] {
    const found = new Map<string, Order>();
    for (const order of this.#orders) {
      if (order.takes(key)) found.set(hex(order.destination), order);
    }
    return [...found.values()];
  }

  /** The standing orders of one destination: one, or two for a moment when it has just come back. */
  ordersOf(destination: Uint8Array): readonly Order[] {
    const id = hex(destination);
    return this.orders().filter((order) => hex(order.destination) === id);
  }
}
