import { RbError } from '../../src/base/errors.ts';
import type { SharedLease } from '../../src/base/shared-arena.ts';
import type { Bundle, ChunkKind } from '../../src/model/bundle.ts';
import type {
  Inspection,
  Place,
  RecordAt,
  Vault,
  VaultRecord,
  VaultStats,
} from '../../src/vault/vault.ts';

/** The methods of a vault that can be made to fail. */
export type FaultyMethod = 'append' | 'read' | 'sync';

/** A vault that fails when it is told to, and otherwise does what the one within it does. */
export class FaultyVault implements Vault {
  readonly #inner: Vault;
  #lost = 0;
  readonly #faults = new Map<FaultyMethod, { after: number; times: number; error: RbError }>();

  constructor(inner: Vault) {
    this.#inner = inner;
  }

  /** Lets `after` more calls of a method pass, then fails the next `times`. */
  failAfter(
    method: FaultyMethod,
    after: number,
    error: RbError,
    times: number = Number.POSITIVE_INFINITY,
  ): void {
    this.#faults.set(method, { after, times, error });
  }

  /** Lets everything pass again. */
  mend(): void {
    this.#faults.clear();
  }

  /** As if a sync that somebody else asked for had failed. */
  lose(): void {
    this.#lost++;
  }

  get losses(): number {
    return this.#inner.losses + this.#lost;
  }

  has(id: Uint8Array): boolean {
    return this.#inner.has(id);
  }

  find(id: Uint8Array): Place | undefined {
    return this.#inner.find(id);
  }

  async append(record: SharedLease | Uint8Array, bundle: Bundle): Promise<void> {
    this.#pass('append');
    await this.#inner.append(record, bundle);
  }

  async read(place: Place): Promise<SharedLease> {
    this.#pass('read');
    return this.#inner.read(place);
  }

  async reread(place: Place): Promise<SharedLease> {
    this.#pass('read');
    return this.#inner.reread(place);
  }

  async sync(): Promise<void> {
    this.#pass('sync');
    await this.#inner.sync();
  }

  async forget(place: Place): Promise<void> {
    await this.#inner.forget(place);
  }

  stats(): VaultStats {
    return this.#inner.stats();
  }

  records(kind?: ChunkKind): AsyncIterable<VaultRecord> {
    return this.#inner.records(kind);
  }

  inspect(after?: RecordAt): AsyncGenerator<Inspection, void, void> {
    return this.#inner.inspect(after);
  }

  async close(): Promise<void> {
    await this.#inner.close();
  }

  #pass(method: FaultyMethod): void {
    const fault = this.#faults.get(method);
    if (fault === undefined) return;
    if (fault.after > 0) fault.after--;
    else if (fault.times-- > 0) throw fault.error;
  }
}
