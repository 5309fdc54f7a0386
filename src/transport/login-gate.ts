import type { Clock, Timer } from '../base/clock.ts';
import { RbError } from '../base/errors.ts';
import { BYTES_BEFORE_LOGIN, LOGIN_WITHIN_MS } from '../wire/wire-limits.ts';

/** What a side may take of time and bytes before it has logged in. */
export class LoginGate {
  #timer: Timer | null;
  #bytes = 0;

  /** @param byMs - the clock's `monotonicMs` at which the time is over */
  constructor(clock: Clock, byMs: number, onLate: (error: RbError) => void) {
    this.#timer = clock.setTimeout(
      () => onLate(new RbError('timeout', 'The login took longer than 10 seconds.')),
      Math.min(LOGIN_WITHIN_MS, byMs - clock.monotonicMs()),
    );
  }

  get isOpen(): boolean {
    return this.#timer === null;
  }

  open(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** @throws RbError `protocol` if it was too much */
  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.isOpen || this.#bytes <= BYTES_BEFORE_LOGIN) return;
    throw new RbError('protocol', 'The other side sent more before the login than it may.');
  }
}
