import type { Clock, Timer } from '../../base/clock.ts';
import { concatBytes } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import type { SharedLease } from '../../base/shared-arena.ts';
import { verifyBundle } from '../../chunk/bundles.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { decodeBundle } from '../../model/bundle.ts';
import type { Bundle, ChunkKind } from '../../model/bundle.ts';
import type { Stream } from '../../transport/transport.ts';
import { chunkKey, splitIds } from '../runs/chunk-key.ts';

/** A destination that says nothing for so long is not waited for; it may have to go through millions of entries first. */
const SILENT_MS = 120_000;
/** However diligently it sends. */
const ANSWER_WITHIN_MS = 900_000;

/** What becomes of a question: answered in full, given up, or over with the connection. */
export type Asked = 'answered' | 'silent' | 'ended';

/**
 * Takes a record that was verified, of chunks that were asked for. The record is let go when it has settled.
 * @throws RbError why it can't be kept: the question is over then
 */
export type Accept = (record: SharedLease, bundle: Bundle) => Promise<void>;

type Question = {
  readonly kind: ChunkKind;
  /** Not answered yet. */
  readonly open: Set<string>;
  readonly accept: Accept;
  readonly done: PromiseWithResolvers<Asked>;
  readonly deadline: Timer;
  silence: Timer | null;
};

/**
 * Asks one destination for chunks, one question after the other. What comes is checked as if it came from an enemy: it
 * must have been asked for, of the kind that was asked for, and every id is recomputed. So the worst that a destination
 * can do is to keep its question waiting until the time is up.
 */
export class ChunkAsker {
  readonly #stream: Stream;
  readonly #clock: Clock;
  readonly #pool: WorkerPool;
  #question: Question | null = null;
  /** Asked for and no longer waited for: it may still come, and is dropped then. */
  readonly #givenUp = new Set<string>();
  #hasEnded = false;

  constructor(stream: Stream, clock: Clock, pool: WorkerPool) {
    this.#stream = stream;
    this.#clock = clock;
    this.#pool = pool;
  }

  /** Whether it may be asked: nothing that it was asked is open. */
  get isFree(): boolean {
    return !this.#hasEnded && this.#question === null && this.#givenUp.size === 0;
  }

  /**
   * Asks for chunks and hands over what comes.
   *
   * @param ids at most 1,024
   * @throws RbError what `accept` threw
   */
  async ask(kind: ChunkKind, ids: readonly Uint8Array[], accept: Accept): Promise<Asked> {
    if (!this.isFree) return this.#hasEnded ? 'ended' : 'silent';
    const question: Question = {
      kind,
      open: new Set(ids.map(chunkKey)),
      accept,
      done: Promise.withResolvers(),
      deadline: this.#clock.setTimeout(() => this.#giveUp(question), ANSWER_WITHIN_MS),
      silence: null,
    };
    this.#question = question;
    this.#waitOn(question);
    this.#stream.send({ t: 'want', kind, ids: concatBytes(ids) }).catch(() => undefined);
    try {
      return await question.done.promise;
    } finally {
      question.deadline.cancel();
      question.silence?.cancel();
    }
  }

  /** Takes over the record. @throws RbError `protocol`, `damaged-chunk`: the destination is not to be dealt with any more */
  async takeBundle(record: SharedLease): Promise<void> {
    try {
      const bundle = decodeBundle(record.bytes);
      const keys = bundle.chunks.map(({ id }) => chunkKey(id));
      if (keys.every((key) => this.#givenUp.delete(key))) return;
      const question = this.#question;
      if (question?.kind !== bundle.head.kind || !keys.every((key) => question.open.has(key)))
        throw new RbError('protocol', 'A destination sent a chunk that it was not asked for.');
      await verifyBundle(this.#pool, record.range, null);
      await this.#accept(question, record, bundle);
      this.#answered(question, keys);
    } finally {
      record.release();
    }
  }

  /** @throws RbError `protocol` */
  takeLacking(ids: Uint8Array): void {
    const keys = splitIds(ids).map(chunkKey);
    const question = this.#question;
    for (const key of keys) {
      if (this.#givenUp.delete(key) || question?.open.has(key) === true) continue;
      throw new RbError('protocol', 'A destination lacks a chunk that it was not asked for.');
    }
    if (question !== null) this.#answered(question, keys);
  }

  /** The connection is over, or nothing is to be asked any more. */
  stop(): void {
    this.#hasEnded = true;
    this.#question?.done.resolve('ended');
    this.#question = null;
  }

  async #accept(question: Question, record: SharedLease, bundle: Bundle): Promise<void> {
    try {
      await question.accept(record, bundle);
    } catch (error) {
      // That is the hub's own trouble, of which the destination knows nothing.
      if (this.#question === question) this.#abandon(question);
      question.done.reject(error);
    }
  }

  #answered(question: Question, keys: readonly string[]): void {
    for (const key of keys) {
      question.open.delete(key);
      this.#givenUp.delete(key);
    }
    if (this.#question !== question) return;
    if (question.open.size > 0) return this.#waitOn(question);
    this.#question = null;
    question.done.resolve('answered');
  }

  #waitOn(question: Question): void {
    question.silence?.cancel();
    question.silence = this.#clock.setTimeout(() => this.#giveUp(question), SILENT_MS);
  }

  #giveUp(question: Question): void {
    if (this.#question !== question) return;
    this.#abandon(question);
    question.done.resolve('silent');
  }

  #abandon(question: Question): void {
    this.#question = null;
    for (const key of question.open) this.#givenUp.add(key);
  }
}
