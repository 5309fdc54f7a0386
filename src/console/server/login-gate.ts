/** Slows down who guesses passwords. */

import { isIPv6 } from 'node:net';

import type { Clock } from '../../base/clock.ts';
import { RbError } from '../../base/errors.ts';

/** Slips of the finger, which cost nothing. */
const FREE_OF_ONE = 4;
const FREE_IN_ALL = 32;
const FIRST_WAIT_MS = 1000;
const LONGEST_OF_ONE_MS = 15 * 60 * 1000;
/** Short, so that strangers with many addresses can't keep the owner out. */
const LONGEST_IN_ALL_MS = 4000;
/** Then it begins anew. */
const FORGET_MS = 60 * 60 * 1000;
const MAX_ADDRESSES = 1024;
const MAX_KNOWN = 64;

type Tally = { failures: number; lastMs: number };

/**
 * Counts tries from each address and in all, and refuses those that come too early: after some free ones the wait doubles
 * with each. Kept in memory of a bounded size. An address that has once signed in is spared the wait that others cause.
 */
export class LoginGate {
  readonly #clock: Clock;
  /** The one that failed last comes last. */
  readonly #ofOne = new Map<string, Tally>();
  readonly #known = new Set<string>();
  readonly #inAll: Tally = { failures: 0, lastMs: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * To be called before a password is checked. The try counts as failed from now on, so that many at the same time gain
   * nothing; {@link succeeded} takes that back.
   *
   * @param address - `request.ip`
   * @throws RbError `too-many-tries` with `waitMs` in its context
   */
  enter(address: string): void {
    const nowMs = this.#clock.monotonicMs();
    const key = networkOf(address);
    const mine = this.#ofOne.get(key) ?? { failures: 0, lastMs: nowMs };
    const waitMs = Math.max(
      leftMs(mine, nowMs, FREE_OF_ONE, LONGEST_OF_ONE_MS),
      this.#known.has(key) ? 0 : leftMs(this.#inAll, nowMs, FREE_IN_ALL, LONGEST_IN_ALL_MS),
    );
    if (waitMs > 0) throw tooManyTries(waitMs);
    count(mine, nowMs);
    count(this.#inAll, nowMs);
    this.#ofOne.delete(key);
    this.#ofOne.set(key, mine);
    dropOldest(this.#ofOne, MAX_ADDRESSES);
  }

  /** The password was right. */
  succeeded(address: string): void {
    const key = networkOf(address);
    this.#ofOne.delete(key);
    this.#inAll.failures = Math.max(0, this.#inAll.failures - 1);
    this.#known.delete(key);
    this.#known.add(key);
    dropOldest(this.#known, MAX_KNOWN);
  }
}

function leftMs(tally: Tally, nowMs: number, free: number, longestMs: number): number {
  if (tally.failures < free || nowMs - tally.lastMs >= FORGET_MS) return 0;
  const waitMs = Math.min(longestMs, FIRST_WAIT_MS * 2 ** Math.min(30, tally.failures - free));
  return Math.max(0, tally.lastMs + waitMs - nowMs);
}

function count(tally: Tally, nowMs: number): void {
  if (nowMs - tally.lastMs >= FORGET_MS) tally.failures = 0;
  tally.failures += 1;
  tally.lastMs = nowMs;
}

function dropOldest(kept: Map<string, unknown> | Set<string>, most: number): void {
  if (kept.size <= most) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}

/** Who has one IPv6 address has 2^64 of them. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  const groups = tail === undefined ? first : [...first, ...zeros, ...last];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

function tooManyTries(waitMs: number): RbError {
  const seconds = Math.ceil(waitMs / 1000);
  const wait = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
  return new RbError('too-many-tries', `Too many wrong passwords; try again in ${wait}.`, {
    retry: true,
    context: { waitMs },
  });
}
