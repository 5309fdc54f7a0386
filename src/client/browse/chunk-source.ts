import { isRbError } from '../../base/errors.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import type { ChunkKind } from '../../model/bundle.ts';
import { ChunkReader } from '../chunk-reader.ts';
import type { HubSession } from '../session.ts';
import { againWhenLost, hasEnded, isLost } from './again-when-lost.ts';

/** Where single chunks come from, each checked against its id. What is handed out must not be changed. */
export type ChunkSource = {
  /** @throws missing-chunk, damaged-chunk, not-allowed, connection-lost */
  get(kind: ChunkKind, id: Uint8Array): Promise<Uint8Array>;
};

export type SharedReaderContext = {
  /** A login at the hub in use: the same one as long as its connection lives, then another. */
  readonly session: () => Promise<HubSession>;
  readonly pool: WorkerPool;
  /** What was read before is of another hub or another user. */
  readonly onOtherHub: () => void;
};

/**
 * One reader for all who look at snapshots, for as long as a program runs: it is opened when something is asked for, and
 * anew when the connection was lost. A question that was under way then is asked once more.
 */
export class SharedReader implements ChunkSource {
  readonly #context: SharedReaderContext;
  #session: HubSession | null = null;
  #reader: ChunkReader | null = null;
  #hub: string | null = null;

  constructor(context: SharedReaderContext) {
    this.#context = context;
  }

  async get(kind: ChunkKind, id: Uint8Array): Promise<Uint8Array> {
    const reader = this.#reader ?? (await this.open());
    const session = this.#session;
    try {
      return await reader.get(kind, id);
    } catch (error) {
      // What the hub lacks it lacks; after anything else a reader is of no more use.
      if (isRbError(error, 'missing-chunk')) throw error;
      if (this.#reader === reader) this.close();
      if (!isLost(error)) throw error;
      if (session !== null && this.#reader === null) await hasEnded(session);
      return await (await this.open()).get(kind, id);
    }
  }

  /**
   * The reader at the hub in use, which stays this one's. Whoever begins something calls it first: which hub is in use is
   * looked at only here.
   *
   * @throws what opening a session throws
   */
  async open(): Promise<ChunkReader> {
    return await againWhenLost(
      this.#context.session,
      // eslint-disable-next-line require-await
      async (session) => this.#readerAt(session),
    );
  }

  close(): void {
    this.#reader?.close();
    this.#reader = null;
    this.#session = null;
  }

  #readerAt(session: HubSession): ChunkReader {
    if (this.#reader !== null && this.#session === session) return this.#reader;
    this.close();
    const hub = `${session.hub.fingerprint} ${session.hub.name}`;
    if (this.#hub !== null && this.#hub !== hub) this.#context.onOtherHub();
    this.#hub = hub;
    this.#reader = new ChunkReader(session.connection, this.#context.pool);
    this.#session = session;
    return this.#reader;
  }
}
