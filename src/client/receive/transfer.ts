import { RbError, toRbError } from '../../base/errors.ts';
import type { SharedLease } from '../../base/shared-arena.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { decodeBundleHead } from '../../model/bundle.ts';
import type { SetKey } from '../../model/snapshot.ts';
import { startRebuild } from '../../rebuild/rebuilder.ts';
import type { RebuildHandle } from '../../rebuild/rebuilder.ts';
import type {
  RebuildDone,
  RebuildEvent,
  RebuildProblem,
  RebuildProgress,
} from '../../rebuild/protocol.ts';
import type { TrashPlace } from '../../rebuild/trash.ts';
import type { Stream } from '../../transport/transport.ts';
import type { Offered } from '../../wire/messages-follow.ts';
import type { Progress } from '../../wire/messages-backup.ts';
import { ChunkFeed } from '../chunk-feed.ts';
import type { HubSession } from '../session.ts';
import type { Destination } from './destination.ts';
import { mendState } from './mend-state.ts';
import { SnapshotRecord } from './snapshot-record.ts';

/** Most bytes asked for and not here yet, of one transfer. */
const WINDOW_BYTES = 16 * 1024 * 1024;
/** Most log items of one request (docs/spec/wire.md). */
const LOG_ITEMS = 256;

export type TransferEvent =
  | RebuildProgress
  | RebuildProblem
  | { readonly t: 'files'; readonly paths: readonly Uint8Array[]; readonly deleted: boolean }
  /** What the origin is at. */
  | { readonly t: 'origin'; readonly progress: Progress };

export type TransferContext = {
  readonly session: HubSession;
  readonly destination: Destination;
  readonly pool: WorkerPool;
  readonly listFiles: boolean;
  readonly keepSetId: boolean;
  /** Most bytes asked for and not here yet; 16 MiB if left out. */
  readonly windowBytes?: number;
  /** Where what is deleted goes; left out: it is deleted at once. */
  readonly trash?: TrashPlace;
  readonly onEvent: (event: TransferEvent) => void;
  readonly signal: AbortSignal;
};

export type TransferResult = RebuildDone & { readonly receivedBytes: number };

/**
 * What is to be taken of a set. `mends`: the hub found out that what stands there isn't what it should be, so every byte
 * of it is read again.
 */
export type ToTake = Offered & { readonly mends?: boolean };

/**
 * Follows one run, or takes one committed snapshot, into the destination's folder.
 * @returns once the tree is on stable storage and the hub has recorded the acknowledgement
 * @throws RbError: the run's own code if the origin failed, and `ofRun` in its context; connection-lost, disk-full, …;
 *   what arrived stays
 */
export async function transfer(offered: ToTake, context: TransferContext): Promise<TransferResult> {
  const { user, host, set, run, snapshot, mends } = offered;
  const key: SetKey = { user, host, set };
  const { session, destination } = context;
  // Refuses impossible names before anything is made.
  const root = Buffer.from(destination.rootOf(key));
  const stream = session.connection.openStream({
    t: 'follow',
    destination: destination.id,
    user,
    host,
    set,
    run,
    snapshot,
    ...(mends === true ? { mends } : {}),
  });
  try {
    await destination.record(key, false);
    await mendState(destination.stateDirOf(key), session, context.pool);
  } catch (error) {
    // The hub has to know that this one has failed, to offer it again.
    stream.fail(toRbError(error));
    throw error;
  }
  const work = new Transfer(stream, offered, context);
  return await work.run(key, root);
}

class Transfer {
  readonly #stream: Stream;
  readonly #offered: ToTake;
  readonly #context: TransferContext;
  readonly #failed = Promise.withResolvers<never>();
  readonly #acked = Promise.withResolvers<void>();
  readonly #record: SnapshotRecord;
  #feed: ChunkFeed | null = null;
  #position = 0;
  #allowedItems = 0;
  #isAsking = false;
  #isLogOver = false;
  #isAborted = false;
  #originTotals: { readonly bytes: number; readonly files: number } | null = null;

  constructor(stream: Stream, offered: ToTake, context: TransferContext) {
    this.#stream = stream;
    this.#offered = offered;
    this.#context = context;
    const { user, host, set } = offered;
    this.#record = new SnapshotRecord({ user, host, set });
    this.#failed.promise.catch(() => undefined);
  }

  async run(key: SetKey, root: Uint8Array): Promise<TransferResult> {
    const { destination, session, pool, signal } = this.#context;
    const rebuild = this.#start(key, root);
    const fail = (error: unknown): void => this.#failed.reject(toRbError(error));
    const { arena } = session;
    this.#feed = new ChunkFeed(this.#stream, rebuild, { pool, arena, fail });
    const abort = (): void =>
      fail(new RbError('interrupted', 'Interrupted; what arrived is kept.'));
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    try {
      void this.#listen(rebuild, this.#feed, fail);
      const done = await Promise.race([rebuild.done, this.#failed.promise]);
      if (done.verified) {
        const kept = this.#record.keep(destination.stateDirOf(key));
        await Promise.race([kept, this.#failed.promise]);
      }
      await destination.record(key, done.verified);
      await this.#acknowledge(done);
      return { ...done, receivedBytes: this.#feed.receivedBytes };
    } catch (error) {
      rebuild.stop();
      await rebuild.done.catch(() => undefined);
      this.#stream.fail(toRbError(error));
      throw this.#isAborted ? ofTheRun(toRbError(error)) : error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #start(key: SetKey, root: Uint8Array): RebuildHandle {
    const { destination, listFiles, keepSetId, trash, windowBytes = WINDOW_BYTES } = this.#context;
    return startRebuild(
      {
        policy: this.#offered.mends === true ? 'verify' : 'destination',
        root,
        stateDir: destination.stateDirOf(key),
        subtree: null,
        overwrite: false,
        windowBytes,
        listFiles,
        keepSetId,
        canRepair: true,
        ...(trash === undefined ? {} : { trash }),
        total: this.#offered.bytes,
        filesTotal: this.#offered.files,
      },
      (event) => this.#onRebuild(event),
    );
  }

  #onRebuild(event: RebuildEvent): void {
    switch (event.t) {
      case 'more':
        this.#allowedItems += event.most;
        return this.#ask();
      case 'want':
        return this.#feed?.want(event.kind, event.ids);
      case 'at':
        return this.#at(event);
      case 'files':
      case 'problem':
        return this.#context.onEvent(event);
      case 'done':
      case 'failed':
        return undefined;
    }
  }

  #at(event: RebuildProgress): void {
    // While the origin is still counting, its own estimate is the best there is.
    const total = Math.max(this.#originTotals?.bytes ?? event.total, event.bytes);
    const filesTotal = Math.max(this.#originTotals?.files ?? event.filesTotal, event.files);
    const at = { ...event, total, filesTotal };
    this.#context.onEvent(at);
    this.#stream.send(at).catch((error: unknown) => this.#failed.reject(toRbError(error)));
  }

  #ask(): void {
    if (this.#isAsking || this.#isLogOver || this.#allowedItems === 0) return;
    this.#isAsking = true;
    const most = Math.min(LOG_ITEMS, this.#allowedItems);
    this.#stream
      .send({ t: 'next', from: this.#position, most })
      .catch((error: unknown) => this.#failed.reject(toRbError(error)));
  }

  async #listen(
    rebuild: RebuildHandle,
    feed: ChunkFeed,
    fail: (error: unknown) => void,
  ): Promise<void> {
    try {
      for (;;) {
        const message = await this.#stream.next();
        if (message === null)
          throw new RbError('connection-lost', 'The hub ended the transfer.', { retry: true });
        if (message.t === '#bundle') await this.#bundle(message.record, feed);
        else if (message.t === 'lacking') this.#lacking(message.ids, feed);
        else if (message.t === 'acked') return this.#acked.resolve();
        else if (message.t === 'progress') this.#origin(message);
        else if (message.t === 'log') {
          this.#isAsking = false;
          this.#position += message.items.length;
          this.#allowedItems -= message.items.length;
          const last = message.items.at(-1)?.k;
          this.#isAborted = last === 'abort';
          this.#isLogOver = last === 'commit' || this.#isAborted;
          this.#record.items(message.items, this.#stream);
          rebuild.items(message.items);
          this.#ask();
        }
      }
    } catch (error) {
      fail(error);
    }
  }

  async #bundle(record: SharedLease, feed: ChunkFeed): Promise<void> {
    if (decodeBundleHead(record.bytes).kind === 'snapshot') this.#record.take(record);
    else await feed.bundle(record);
  }

  #lacking(ids: Uint8Array, feed: ChunkFeed): void {
    this.#record.lacking(ids);
    feed.lacking(ids);
  }

  #origin(progress: Progress): void {
    this.#originTotals = { bytes: progress.total, files: progress.filesTotal };
    this.#context.onEvent({ t: 'origin', progress });
  }

  async #acknowledge(done: RebuildDone): Promise<void> {
    const { destination, session } = this.#context;
    const { snapshot, bytes } = done;
    const message = done.verified ? '' : `${done.problems} things could not be put in place.`;
    const signed = done.verified
      ? { signature: session.sign({ destination: destination.id, snapshot, bytes }) }
      : {};
    await this.#stream.send({
      t: 'ack',
      snapshot,
      verified: done.verified,
      bytes,
      receivedBytes: this.#feed?.receivedBytes ?? 0,
      problems: done.problems,
      message,
      ...signed,
    });
    await Promise.race([this.#acked.promise, this.#failed.promise]);
    this.#stream.end();
  }
}

/** So that a full disk of the hub isn't taken for one here. */
function ofTheRun({ code, message, retry, cause }: RbError): RbError {
  return new RbError(code, message, { cause, retry, context: { ofRun: true } });
}
