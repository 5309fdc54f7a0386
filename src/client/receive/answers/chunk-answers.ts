import { concatBytes, copyBytes, hex } from '../../../base/bytes.ts';
import { RbError } from '../../../base/errors.ts';
import { packBundle } from '../../../chunk/bundles.ts';
import { bodyOffset } from '../../../model/bundle.ts';
import type { ChunkKind } from '../../../model/bundle.ts';
import { LIMITS } from '../../../model/limits.ts';
import { findChunks } from '../../../rebuild/finder/find-chunks.ts';
import type { Found } from '../../../rebuild/finder/protocol.ts';
import type { Stream } from '../../../transport/transport.ts';
import type { WantChunks } from '../../../wire/messages-follow.ts';
import { MAX_IDS } from '../../../wire/wire-limits.ts';
import type { AnswerContext } from './answers.ts';

/**
 * Answers what the hub wants of what this destination holds, because the hub has lost it: one question after the other,
 * each chunk read from the disk, hashed, and sent only if it is what its id says.
 */
export class ChunkAnswers {
  readonly #stream: Stream;
  readonly #context: AnswerContext;
  #unanswered = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(stream: Stream, context: AnswerContext) {
    this.#stream = stream;
    this.#context = context;
  }

  /** Settles when nothing is being looked for any more. */
  get idle(): Promise<void> {
    return this.#tail;
  }

  /** Returns at once. @throws RbError `protocol` when more is wanted than may be unanswered */
  want({ kind, ids }: WantChunks): void {
    this.#unanswered += ids.length / LIMITS.idBytes;
    if (this.#unanswered > MAX_IDS)
      throw new RbError('protocol', `The hub wants more than ${MAX_IDS} chunks at a time.`);
    // It fails with its stream alone, whose end is dealt with by who reads it.
    this.#tail = this.#tail.then(() => this.#answer(kind, ids)).catch(() => undefined);
  }

  async #answer(kind: ChunkKind, ids: Uint8Array): Promise<void> {
    const { destination, signal } = this.#context;
    const lacking = new Map<string, Uint8Array>();
    for (let at = 0; at < ids.length; at += LIMITS.idBytes) {
      const id = ids.subarray(at, at + LIMITS.idBytes);
      lacking.set(hex(id), id);
    }
    const sets = (await destination.held()).map(({ key }) => {
      return { root: Buffer.from(destination.rootOf(key)), stateDir: destination.stateDirOf(key) };
    });
    const onFound = async (found: Found): Promise<void> => {
      for (let at = 0; at < found.ids.length; at += LIMITS.idBytes)
        lacking.delete(hex(found.ids.subarray(at, at + LIMITS.idBytes)));
      this.#unanswered -= found.lengths.length;
      await this.#send(kind, found);
    };
    try {
      await findChunks({ kind, ids, sets }, onFound, signal);
    } catch {
      // What could not be looked for to the end counts as not found.
    }
    if (signal.aborted || lacking.size === 0) return;
    this.#unanswered -= lacking.size;
    await this.#stream.send({ t: 'lacking', ids: concatBytes([...lacking.values()]) });
  }

  async #send(kind: ChunkKind, { ids, lengths, plain }: Found): Promise<void> {
    const { arena, pool } = this.#context;
    const offsets = new Uint32Array(lengths.length);
    let end = bodyOffset(lengths.length);
    const room = arena.take(end + plain.length);
    copyBytes(plain, room.bytes, end);
    for (const [i, length] of lengths.entries()) {
      offsets[i] = end;
      end += length;
    }
    try {
      room.narrow(await packBundle(pool, kind, room.range, { ids, offsets, lengths }));
    } catch (error) {
      room.release();
      throw error;
    }
    await this.#stream.sendBundle(room);
  }
}
