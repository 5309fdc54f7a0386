import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import type { Clock } from '../base/clock.ts';

/** A secret is used for so long, and checked against for as long again. */
const SECRET_MS = 30_000;
const SECRET_BYTES = 32;

/**
 * Proofs that who sends from an address also receives there, without keeping anything of anybody: HMAC-SHA-256
 * (RFC 2104) of the address, the port and the client's nonce, by a secret that changes every 30 s.
 */
export class UdpCookies {
  readonly #clock: Clock;
  #secret: Uint8Array = randomBytes(SECRET_BYTES);
  #before: Uint8Array = randomBytes(SECRET_BYTES);
  #sinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  /** @param from - `host:port`, as the system says it */
  make(from: string, nonce: Uint8Array): Uint8Array {
    this.#turn();
    return proof(this.#secret, from, nonce);
  }

  /** Whether it was made here for the same address and nonce, 30 to 60 s ago at most. */
  isGood(cookie: Uint8Array, from: string, nonce: Uint8Array): boolean {
    this.#turn();
    return [this.#secret, this.#before].some((secret) =>
      timingSafeEqual(proof(secret, from, nonce), cookie),
    );
  }

  #turn(): void {
    const ageMs = this.#clock.monotonicMs() - this.#sinceMs;
    if (ageMs < SECRET_MS) return;
    this.#before = ageMs < 2 * SECRET_MS ? this.#secret : randomBytes(SECRET_BYTES);
    this.#secret = randomBytes(SECRET_BYTES);
    this.#sinceMs = this.#clock.monotonicMs();
  }
}

function proof(secret: Uint8Array, from: string, nonce: Uint8Array): Uint8Array {
  return createHmac('sha256', secret).update(from).update('\0').update(nonce).digest();
}
