import type { SharedArena } from '../../../base/shared-arena.ts';
import type { WorkerPool } from '../../../chunk/worker-pool.ts';
import type { SetKey } from '../../../model/snapshot.ts';
import type { Stream } from '../../../transport/transport.ts';
import type { Incoming } from '../../../wire/messages.ts';
import type { Destination } from '../destination.ts';
import { ChunkAnswers } from './chunk-answers.ts';
import { ProofAnswers } from './proof-answers.ts';

/** What answering needs. */
export type AnswerContext = {
  readonly destination: Destination;
  readonly pool: WorkerPool;
  /** Where bundles lie on their way out. */
  readonly arena: SharedArena;
  /** Whether a transfer is at this set, or about to be. */
  readonly isChanging: (key: SetKey) => boolean;
  /** Aborted when the session ends: nothing is answered any more. */
  readonly signal: AbortSignal;
};

/** Deals with what the hub asks a destination on its standing order, each kind of question one after the other. */
export class Answers {
  readonly #chunks: ChunkAnswers;
  readonly #proofs: ProofAnswers;

  constructor(stream: Stream, context: AnswerContext) {
    this.#chunks = new ChunkAnswers(stream, context);
    this.#proofs = new ProofAnswers(stream, context);
  }

  /** Settles when nothing is at work any more, some moments after the session was aborted. */
  get idle(): Promise<void> {
    return Promise.all([this.#chunks.idle, this.#proofs.idle]).then(() => undefined);
  }

  /** Returns at once: answers go out when they are ready. @throws RbError `protocol` for more than may be asked */
  take(message: Incoming): void {
    switch (message.t) {
      case 'want':
        if ('ids' in message) this.#chunks.want(message);
        break;
      case 'prove':
        this.#proofs.prove(message);
        break;
      default:
    }
  }
}
