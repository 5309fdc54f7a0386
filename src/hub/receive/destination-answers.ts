import { RbError } from '../../base/errors.ts';
import type { Stream } from '../../transport/transport.ts';
import type { Incoming } from '../../wire/messages.ts';
import type { HubContext } from '../hub-context.ts';
import { ProofAsker } from '../proofs/proof-asker.ts';
import { ChunkAsker } from './chunk-asker.ts';
import type { StandingOrder } from './standing-order.ts';

/**
 * What a destination says after its standing order: nothing but answers to what the hub asked it. One that didn't say
 * that it answers is asked nothing.
 */
export class DestinationAnswers {
  readonly #stream: Stream;
  readonly #asker: ChunkAsker | null;
  readonly #proofs: ProofAsker | null;
  readonly #leave: () => void;
  readonly #leaveProofs: () => void;

  constructor(hub: HubContext, stream: Stream, order: StandingOrder, canAnswer: boolean) {
    this.#stream = stream;
    this.#asker = canAnswer ? new ChunkAsker(stream, hub.clock, hub.pool) : null;
    this.#leave =
      this.#asker === null ? () => undefined : hub.healer.join({ order, asker: this.#asker });
    this.#proofs = canAnswer ? new ProofAsker(stream, hub.clock) : null;
    this.#leaveProofs =
      this.#proofs === null ? () => undefined : hub.proofs.join({ order, asker: this.#proofs });
  }

  /** Takes answers until the destination ends. @throws RbError `protocol`, and what the stream ended with */
  async takeAll(): Promise<void> {
    for (;;) {
      const incoming = await this.#stream.next();
      if (incoming === null) return;
      await this.#take(incoming);
    }
  }

  /** Nothing is asked any more. */
  stop(): void {
    this.#leave();
    this.#asker?.stop();
    this.#leaveProofs();
    this.#proofs?.stop();
  }

  async #take(incoming: Incoming): Promise<void> {
    if (incoming.t === '#bundle' && this.#asker !== null)
      return this.#asker.takeBundle(incoming.record);
    if (incoming.t === 'lacking' && this.#asker !== null)
      return this.#asker.takeLacking(incoming.ids);
    if (incoming.t === 'proof' && this.#proofs !== null) return this.#proofs.take(incoming);
    if (incoming.t === '#bundle') incoming.record.release();
    throw new RbError('protocol', `A destination sent "${incoming.t}", which was not asked for.`);
  }
}
