import { Type } from 'typebox';

import { RbError } from '../../base/errors.ts';
import type { SearchedSnapshot } from '../../client/browse/find-names.ts';
import { nameMatcher } from '../../client/browse/match-name.ts';
import type { SnapshotFilter } from '../../client/browse/snapshots.ts';
import type { SearchEnd, SearchProgress } from '../api/client-api.ts';
import type { ConsoleApp } from '../server/console-app.ts';
import { openEvents } from '../server/events.ts';
import type { EventStream } from '../server/events.ts';
import { forSnapshots, SetQuery } from './snapshots-room.ts';
import type { BrowseRoom } from './snapshots-room.ts';
import { foundLine } from './snapshots-lines.ts';

/** More at a time would only be slower, all of them. */
const MOST_SEARCHES = 4;
/** How often it is told how far a search is. */
const TELL_MS = 250;

/** GET /api/find, as server-sent events. A search ends when nobody reads it any more. */
export function findRoute(app: ConsoleApp, room: BrowseRoom): void {
  let underWay = 0;
  app.get(
    '/api/find',
    {
      schema: {
        querystring: Type.Object({
          text: Type.String({ minLength: 1, maxLength: 1024 }),
          ...SetQuery.properties,
        }),
      },
    },
    async (request, reply) => {
      const { text, ...filter } = request.query;
      nameMatcher(text);
      if (underWay >= MOST_SEARCHES)
        throw new RbError('busy', 'Other searches are under way; wait for them, or stop one.', {
          retry: true,
        });
      const stream = openEvents(reply, request);
      underWay++;
      try {
        await search(room, text, filter, stream);
      } catch (error) {
        stream.fail(error);
      } finally {
        underWay--;
        stream.end();
      }
    },
  );
}

async function search(
  room: BrowseRoom,
  text: string,
  filter: SnapshotFilter,
  stream: EventStream,
): Promise<void> {
  const snapshots = await searchedSnapshots(room, filter);
  const browser = await room.ready();
  const events = browser.find({ text, snapshots, signal: stream.closed });
  let saidMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const next = await events.next();
    if (next.done === true) {
      const end: SearchEnd = { more: next.value };
      stream.send('end', end);
      return;
    }
    const event = next.value;
    if (event.t === 'found') {
      if (!stream.send('found', foundLine(event))) await stream.drained();
      continue;
    }
    const { snapshots: done, snapshotsTotal } = event;
    const nowMs = room.clock.monotonicMs();
    if (done < snapshotsTotal && nowMs - saidMs < TELL_MS) continue;
    saidMs = nowMs;
    const progress: SearchProgress = { snapshots: done, snapshotsTotal };
    stream.send('searched', progress);
  }
}

/** Only what a search needs of each: there may be many. */
async function searchedSnapshots(
  room: BrowseRoom,
  filter: SnapshotFilter,
): Promise<SearchedSnapshot[]> {
  const snapshots: SearchedSnapshot[] = [];
  await forSnapshots(room, filter, {
    begin: () => snapshots.splice(0),
    row: ({ id, user, host, set, timeMs }) =>
      snapshots.push({ id, key: { user, host, set }, timeMs }) > 0,
  });
  return snapshots;
}
