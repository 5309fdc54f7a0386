import { RbError, toRbError } from '../base/errors.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import { startRebuild } from '../rebuild/rebuilder.ts';
import type { LogItem, RebuildDone, RebuildEvent, RebuildRequest } from '../rebuild/protocol.ts';
import type { Stream } from '../transport/transport.ts';
import { ChunkFeed } from './chunk-feed.ts';
import type { HubSession } from './session.ts';

export type RebuildFromContext = {
  /** Null: nothing can be fetched, which only a verify without repair can do with. */
  readonly session: HubSession | null;
  readonly pool: WorkerPool;
  /** Everything but what is only between the rebuild and its feeder. */
  readonly onEvent: (event: RebuildEvent) => void;
  readonly signal: AbortSignal;
};

/** Lays out a snapshot that is known in full: its pages are the log, and what is wanted is read from the hub. */
export async function rebuildFrom(
  request: RebuildRequest,
  pages: readonly Uint8Array[],
  snapshot: Uint8Array,
  context: RebuildFromContext,
): Promise<RebuildDone & { readonly receivedBytes: number }> {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const fail = (error: unknown): void => failed.reject(toRbError(error));
  const { session, pool } = context;
  const stream = session?.connection.openStream({ t: 'read' }) ?? null;
  let position = 0;
  const nextItems = (most: number): LogItem[] => {
    const items: LogItem[] = pages
      .slice(position, position + most)
      .map((id) => ({ k: 'page', id }));
    position += items.length;
    const hasRoom = items.length < most && position === pages.length;
    if (hasRoom) {
      position++;
      items.push({ k: 'commit', snapshot });
    }
    return items;
  };
  let feed: ChunkFeed | null = null;
  const rebuild = startRebuild(request, (event) => {
    if (event.t === 'more') rebuild.items(nextItems(event.most));
    else if (event.t === 'want' && feed !== null) feed.want(event.kind, event.ids);
    else if (event.t === 'want') rebuild.lacking(event.ids);
    else context.onEvent(event);
  });
  if (session !== null && stream !== null) {
    feed = new ChunkFeed(stream, rebuild, { pool, arena: session.arena, fail });
    void pump(stream, feed, fail);
  }
  const abort = (): void =>
    fail(
      new RbError('interrupted', 'Interrupted; running the same command again goes on from there.'),
    );
  context.signal.addEventListener('abort', abort);
  if (context.signal.aborted) abort();
  try {
    const done = await Promise.race([rebuild.done, failed.promise]);
    return { ...done, receivedBytes: feed?.receivedBytes ?? 0 };
  } catch (error) {
    rebuild.stop();
    await rebuild.done.catch(() => undefined);
    throw error;
  } finally {
    context.signal.removeEventListener('abort', abort);
    stream?.end();
  }
}

async function pump(
  stream: Stream,
  feed: ChunkFeed,
  fail: (error: unknown) => void,
): Promise<void> {
  try {
    for (;;) {
      const message = await stream.next();
      if (message === null)
        throw new RbError('connection-lost', 'The hub ended the reading.', { retry: true });
      if (message.t === '#bundle') await feed.bundle(message.record);
      else if (message.t === 'lacking') feed.lacking(message.ids);
    }
  } catch (error) {
    fail(error);
  }
}
