import { Readable } from 'node:stream';
import { Type } from 'typebox';

import { fromHex } from '../../base/bytes.ts';
import { RbError } from '../../base/errors.ts';
import { againWhenLost } from '../../client/browse/again-when-lost.ts';
import { ChunkReader } from '../../client/chunk-reader.ts';
import { nameOf } from '../../model/path.ts';
import type { ConsoleApp } from '../server/console-app.ts';
import { contentDisposition } from './download-name.ts';
import type { BrowseRoom } from './snapshots-room.ts';
import { PathQuery, SnapshotParam, treePathOf } from './snapshots-paths.ts';

/** Each may hold a window of chunks in memory. */
const MOST_DOWNLOADS = 6;

/**
 * GET /api/snapshots/ID/file. Nothing is answered before the first piece is there; what fails later ends the connection, so
 * that a file that was cut off isn't taken for whole.
 */
export function downloadRoute(app: ConsoleApp, room: BrowseRoom): void {
  let underWay = 0;
  app.get(
    '/api/snapshots/:id/file',
    {
      schema: {
        params: Type.Object({ id: SnapshotParam }),
        querystring: PathQuery,
        produces: ['application/octet-stream'],
      },
    },
    async ({ params, query }, reply) => {
      const path = treePathOf(query);
      if (underWay >= MOST_DOWNLOADS)
        throw new RbError('busy', 'Other downloads are under way; wait for one of them to end.', {
          retry: true,
        });
      underWay++;
      const { body, size } = await openBody(room, fromHex(params.id), path, () => underWay--);
      return await reply
        .headers({
          'content-type': 'application/octet-stream',
          'content-length': String(size),
          'content-disposition': contentDisposition(nameOf(path)),
          'x-content-type-options': 'nosniff',
        })
        .send(body);
    },
  );
}

/** @param ended called once, when the body was read or nobody wants it any more, and when there is none */
async function openBody(
  { ready, session, pool }: BrowseRoom,
  snapshot: Uint8Array,
  path: Uint8Array,
  ended: () => void,
): Promise<{ body: Readable; size: number }> {
  try {
    const browser = await ready();
    return await againWhenLost(session, async ({ connection }) => {
      // One of its own: a browser that reads slowly, or has gone, concerns nobody else.
      const reader = new ChunkReader(connection, pool);
      try {
        const { size, bytes } = await browser.file(snapshot, path, reader);
        const first = await bytes.next();
        const body = Readable.from(whole(first, bytes, size), { objectMode: false });
        body.once('close', () => {
          reader.close();
          ended();
        });
        return { body, size };
      } catch (error) {
        reader.close();
        throw error;
      }
    });
  } catch (error) {
    ended();
    throw error;
  }
}

async function* whole(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void, void>,
  size: number,
): AsyncGenerator<Uint8Array, void, void> {
  let sent = 0;
  for (let piece = first; piece.done !== true; piece = await rest.next()) {
    sent += piece.value.length;
    yield piece.value;
  }
  if (sent !== size) throw new RbError('protocol', 'The file is not as long as it should be.');
}
