/** How an origin says each message of the table, and how one sees what came of it. */

import type { Connection, Stream } from '../../src/transport/transport.ts';
import { bundleOf } from '../hub/actors.ts';
import { backupMessage, nextOf } from '../hub/lab.ts';
import { BARS } from './rights-act.ts';
import type { Act, Saying } from './rights-act.ts';
import type { Outcome } from './rights-table.ts';
import type { Scene, Things } from './rights-scene.ts';

/** A set for each run, as one waits for the other. */
let runs = 0;
const nextSet = (): string => `run-${runs++}`;

async function startedRun(_scene: Scene, connection: Connection): Promise<Stream> {
  const stream = connection.openStream(backupMessage(nextSet()));
  await nextOf(stream, 'start');
  return stream;
}

async function offer(stream: Stream, kind: 'data' | 'page', named: Things): Promise<boolean> {
  const { id, plain } = kind === 'data' ? named.data : named.page;
  await stream.send({ t: 'offer', seq: 0, kind, ids: id, lengths: [plain.length] });
  const answer = await nextOf(stream, 'want');
  return 'bits' in answer && answer.bits[0] === 0;
}

/** Goes on with a run to its commit, which does all that was sent before. */
async function commit(stream: Stream, named: Things, scene: Scene): Promise<Outcome> {
  const page = named === scene.foreign ? named.page : scene.own.page;
  await stream.send({ t: 'page', id: page.id });
  return await finish(stream);
}

async function finish(stream: Stream): Promise<Outcome> {
  await stream.send({ t: 'finish', files: 3, dirs: 1, bytes: 1, skipped: 0 });
  await nextOf(stream, 'committed');
  return 'yes';
}

async function backup({ names, named, connection, scene }: Saying): Promise<Outcome> {
  const { host, set } = names === 'memory' ? scene.own.key : named.key;
  const memory = names === 'memory' ? named.snapshot : null;
  const stream = connection.openStream(backupMessage(set, { host, memory }));
  const { latest, memoryIsGood } = await nextOf(stream, 'start');
  stream.end();
  await stream.closed;
  const isThere = names === 'memory' ? memoryIsGood : latest !== null;
  return isThere ? 'yes' : 'empty';
}

/** By the first column of the table. */
export const BACKUP_ACTS: Readonly<Record<string, Act>> = {
  'backup/backup': { say: backup },
  'backup/offer': {
    before: startedRun,
    say: async ({ stream, named }) => ((await offer(stream, 'data', named)) ? 'yes' : 'empty'),
  },
  'backup/bundle': {
    before: startedRun,
    say: async ({ stream, named, scene }) => {
      await stream.sendBundle(bundleOf('data', [named.data]));
      return await commit(stream, named, scene);
    },
  },
  'backup/part': {
    before: startedRun,
    say: async ({ stream, named, scene }) => {
      const part = { path: Uint8Array.of(97), offset: 0, bytes: 1000, depth: 0 };
      await stream.send({ t: 'part', ...part, id: named.data.id });
      return await commit(stream, named, scene);
    },
  },
  'backup/page': {
    before: startedRun,
    say: async ({ stream, named }) => {
      await stream.send({ t: 'page', id: named.page.id });
      return await finish(stream);
    },
  },
  'backup/progress': {
    before: startedRun,
    say: async ({ stream, named, scene }) => {
      await stream.send({ t: 'progress', phase: 'sending', ...BARS });
      return await commit(stream, named, scene);
    },
  },
  'backup/finish': {
    before: async (scene, connection) => {
      const stream = await startedRun(scene, connection);
      await stream.send({ t: 'page', id: scene.own.page.id });
      return stream;
    },
    say: ({ stream }) => finish(stream),
  },
};
