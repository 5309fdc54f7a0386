import type { Clock } from '../../base/clock.ts';
import type { Stream } from '../../transport/transport.ts';
import type { Proof, Prove } from '../../wire/messages-proof.ts';

/** Who doesn't answer within this time has proven nothing, and nothing is held against it. */
export const PROOF_WITHIN_MS = 60_000;

export type Question = Omit<Prove, 't' | 'number'>;
export type Sums = Proof['sums'];

/** Asks one destination for proofs: one after the other, by its standing order. */
export class ProofAsker {
  readonly #stream: Stream;
  readonly #clock: Clock;
  #number = 0;
  #settle: ((sums: Sums | null) => void) | null = null;
  #isStopped = false;

  constructor(stream: Stream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  /** What the destination says; null if it says nothing in time, or leaves. Not to be called again before. */
  async ask(question: Question): Promise<Sums | null> {
    if (this.#isStopped) return null;
    const number = ++this.#number;
    const answer = Promise.withResolvers<Sums | null>();
    this.#settle = answer.resolve;
    const timer = this.#clock.setTimeout(() => answer.resolve(null), PROOF_WITHIN_MS);
    this.#stream.send({ t: 'prove', number, ...question }).catch(() => answer.resolve(null));
    try {
      return await answer.promise;
    } finally {
      timer.cancel();
      this.#settle = null;
    }
  }

  /** One that comes too late, or was never asked for, is passed over. */
  take({ number, sums }: Proof): void {
    if (number === this.#number) this.#settle?.(sums);
  }

  stop(): void {
    this.#isStopped = true;
    this.#settle?.(null);
  }
}
