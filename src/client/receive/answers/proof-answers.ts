import { equalBytes } from '../../../base/bytes.ts';
import { rangeSums } from '../../../rebuild/range-sums.ts';
import type { Stream } from '../../../transport/transport.ts';
import type { Prove } from '../../../wire/messages-proof.ts';
import type { AnswerContext } from './answers.ts';

/**
 * Answers what the hub wants to have proven. Nothing is said while a set is being changed, or of a snapshot that isn't
 * the one that stands here: then the disk says nothing of the copy.
 */
export class ProofAnswers {
  readonly #stream: Stream;
  readonly #context: AnswerContext;
  #tail: Promise<void> = Promise.resolve();
  #isAtWork = false;

  constructor(stream: Stream, context: AnswerContext) {
    this.#stream = stream;
    this.#context = context;
  }

  /** Settles when nothing is being read any more. */
  get idle(): Promise<void> {
    return this.#tail;
  }

  /** Returns at once. One that comes before the one before it is answered gets no answer. */
  prove(question: Prove): void {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    this.#tail = this.#answer(question)
      // No answer is one too: it proves nothing, and nothing is held against this destination.
      .catch(() => undefined)
      .finally(() => {
        this.#isAtWork = false;
      });
  }

  async #answer({ number, user, host, set, snapshot, nonce, ranges }: Prove): Promise<void> {
    const { destination, signal, isChanging } = this.#context;
    const key = { user, host, set };
    const isOver = (): boolean => signal.aborted || isChanging(key);
    const held = await destination.heldOf(key);
    if (held?.snapshot === null || held?.verified !== true || isOver()) return;
    if (!equalBytes(held.snapshot, snapshot)) return;
    const root = Buffer.from(destination.rootOf(key));
    const stateDir = destination.stateDirOf(key);
    const sums = await rangeSums({ root, stateDir, snapshot, nonce, ranges }, isOver);
    if (sums !== null) await this.#stream.send({ t: 'proof', number, sums });
  }
}
