/** What the page shows of snapshots: sets, folders, differences, names, files. */

import { Type } from 'typebox';

import { fromHex } from '../../base/bytes.ts';
import { SharedReader } from '../../client/browse/chunk-source.ts';
import { SnapshotBrowser } from '../../client/browse/snapshot-browser.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import { Sets, SnapshotDiff, SnapshotFolder, Snapshots } from '../api/client-api.ts';
import type { SetLine } from '../api/client-api.ts';
import type { ConsoleApp } from '../server/console-app.ts';
import { downloadRoute } from './download.ts';
import { findRoute } from './find.ts';
import { changeLine, entryLine, snapshotLine } from './snapshots-lines.ts';
import { forSnapshots, SetQuery } from './snapshots-room.ts';
import type { BrowseContext, BrowseRoom } from './snapshots-room.ts';
import { PathQuery, SnapshotParam, treePathOf } from './snapshots-paths.ts';

const MOST_SNAPSHOTS = 5000;
const LIMIT = 200;
const MOST_LIMIT = 1000;

/** Part of a long list. */
const PartQuery = {
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_LIMIT })),
};

/** Registers them. What they read of snapshots they keep, some 14 MiB at most, until another hub is used. */
export async function snapshotRoutes(app: ConsoleApp, context: BrowseContext): Promise<void> {
  const { session, pool } = context;
  const reader = new SharedReader({ session, pool, onOtherHub: () => browser.clear() });
  const browser = new SnapshotBrowser(reader);
  const ready = async (): Promise<SnapshotBrowser> => {
    await reader.open();
    return browser;
  };
  const room: BrowseRoom = { ...context, ready };
  app.addHook('onClose', () => reader.close());
  listRoutes(app, context);
  treeRoutes(app, room);
  findRoute(app, room);
  downloadRoute(app, room);
  await Promise.resolve();
}

function listRoutes(app: ConsoleApp, context: BrowseContext): void {
  app.get('/api/sets', { schema: { response: { 200: Sets } } }, async () => {
    const sets = new Map<string, SetLine>();
    await forSnapshots(
      context,
      {},
      {
        begin: () => sets.clear(),
        row: (row) => {
          const { user, host, set } = row;
          const key = { user, host, set };
          const known = sets.get(formatSetKey(key));
          if (known === undefined)
            sets.set(formatSetKey(key), { key, snapshots: 1, latest: snapshotLine(row) });
          else known.snapshots++;
          return true;
        },
      },
    );
    const names = [...sets.keys()].toSorted();
    return { sets: names.flatMap((name) => sets.get(name) ?? []) };
  });

  app.get(
    '/api/snapshots',
    { schema: { querystring: SetQuery, response: { 200: Snapshots } } },
    async ({ query }) => {
      const answer: Snapshots = { snapshots: [], more: false };
      await forSnapshots(context, query, {
        begin: () => Object.assign(answer, { snapshots: [], more: false }),
        row: (row) => {
          answer.more = answer.snapshots.length >= MOST_SNAPSHOTS;
          if (!answer.more) answer.snapshots.push(snapshotLine(row));
          return !answer.more;
        },
      });
      return answer;
    },
  );
}

function treeRoutes(app: ConsoleApp, { ready }: BrowseRoom): void {
  app.get(
    '/api/snapshots/:id/folder',
    {
      schema: {
        params: Type.Object({ id: SnapshotParam }),
        querystring: Type.Object({ ...PathQuery.properties, ...PartQuery }),
        response: { 200: SnapshotFolder },
      },
    },
    async ({ params, query }) => {
      const { offset = 0, limit = LIMIT } = query;
      const path = treePathOf(query);
      const browser = await ready();
      const { entries, ...rest } = await browser.folder(fromHex(params.id), path, offset, limit);
      return { entries: entries.map(entryLine), ...rest };
    },
  );

  app.get(
    '/api/snapshots/:id/diff/:other',
    {
      schema: {
        params: Type.Object({ id: SnapshotParam, other: SnapshotParam }),
        querystring: Type.Object(PartQuery),
        response: { 200: SnapshotDiff },
      },
    },
    async ({ params, query }) => {
      const { offset = 0, limit = LIMIT } = query;
      const [before, after] = [fromHex(params.id), fromHex(params.other)];
      const browser = await ready();
      const { changes, more, counts } = await browser.diff(before, after, offset, limit);
      return { changes: changes.map(changeLine), more, ...counts };
    },
  );
}
