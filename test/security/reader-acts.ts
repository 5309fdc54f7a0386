/** How destinations and those who ask say each message of the table, and how one sees what came of it. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { equalBytes, hex } from '../../src/base/bytes.ts';
import type { SetKey } from '../../src/model/snapshot.ts';
import type { Connection, Stream } from '../../src/transport/transport.ts';
import type { Message } from '../../src/wire/messages.ts';
import { snapshotOf } from '../conformance/catalog-cases.ts';
import { bundleOf } from '../hub/actors.ts';
import { newDestination, nextOf } from '../hub/lab.ts';
import { BARS } from './rights-act.ts';
import type { Act, Saying } from './rights-act.ts';
import type { Outcome } from './rights-table.ts';
import type { Scene } from './rights-scene.ts';

type Of<T extends Message['t']> = Extract<Message, { t: T }>;

function receiveOf(more: Partial<Of<'receive'>>): Of<'receive'> {
  return {
    t: 'receive',
    destination: newDestination(),
    name: 'of mal',
    filter: null,
    have: [],
    ...more,
  };
}

async function receive({ names, named, connection, scene }: Saying): Promise<Outcome> {
  const { snapshot, key } = named;
  if (names === 'have') {
    const destination = newDestination();
    const order = receiveOf({ destination, have: [{ ...key, snapshot }] });
    const stream = connection.openStream(order);
    await nextOf(stream, 'offered');
    stream.end();
    await stream.closed;
    const copies = scene.lab.catalog.copiesOf(snapshot);
    return copies.some((copy) => equalBytes(copy.destination, destination)) ? 'yes' : 'empty';
  }
  const byName = names === 'filter' ? { filter: key } : { destination: named.destination };
  const stream = connection.openStream(receiveOf(byName));
  stream.end();
  const offered = await stream.next();
  return offered === null ? 'empty' : 'yes';
}

async function receiving(_: Scene, connection: Connection): Promise<Stream> {
  const stream = connection.openStream(receiveOf({ answers: true }));
  await nextOf(stream, 'offered');
  return stream;
}

function followOf(key: SetKey, more: Partial<Of<'follow'>>): Of<'follow'> {
  return { t: 'follow', ...key, destination: newDestination(), run: null, snapshot: null, ...more };
}

async function following({ own }: Scene, connection: Connection): Promise<Stream> {
  const stream = connection.openStream(followOf(own.key, { snapshot: own.snapshot }));
  await stream.send({ t: 'next', from: 0, most: 256 });
  await nextOf(stream, 'log');
  return stream;
}

async function follow({ names, named, connection, scene: { own } }: Saying): Promise<Outcome> {
  const { snapshot, run, destination } = named;
  const live = { ...own.key, set: `${own.key.set}-live` };
  const asked: Readonly<Record<string, Of<'follow'>>> = {
    user: followOf(named.key, { snapshot }),
    snapshot: followOf(own.key, { snapshot }),
    run: followOf(live, { run }),
    destination: followOf(own.key, { snapshot: own.snapshot, destination }),
  };
  const stream = connection.openStream(asked[names] as Of<'follow'>);
  if (names === 'run') {
    // Nothing is in its log, but it may be followed: what is wanted is answered.
    return (await want(stream, 'data', own.data.id)) === 'yes' ? 'yes' : 'internal';
  }
  await stream.send({ t: 'next', from: 0, most: 1 });
  await nextOf(stream, 'log');
  return 'yes';
}

async function reading(_scene: Scene, connection: Connection): Promise<Stream> {
  const stream = connection.openStream({ t: 'read' });
  // It is open when something was answered.
  await want(stream, 'data', new Uint8Array(32));
  return stream;
}

type Kind = 'data' | 'page' | 'snapshot';

async function want(stream: Stream, kind: Kind, id: Uint8Array): Promise<Outcome> {
  await stream.send({ t: 'want', kind, ids: id });
  for (;;) {
    const incoming = await stream.next();
    if (incoming === null) throw new Error('the stream ended without an answer');
    if (incoming.t === 'lacking') return 'empty';
    if (incoming.t !== '#bundle') continue;
    incoming.record.release();
    return 'yes';
  }
}

function wantNamed({ stream, names, named }: Saying): Promise<Outcome> {
  const kind = names.split(' ')[0] as Kind;
  return want(stream, kind, kind === 'snapshot' ? named.snapshot : named[kind].id);
}

async function askSnapshots({ names, named, connection }: Saying): Promise<Outcome> {
  const { user, host, set } = named.key;
  const about = names === 'user' ? { user } : { host, set };
  const stream = connection.openStream({ t: 'ask', what: 'snapshots', ...about });
  const { list } = await nextOf(stream, 'snapshots');
  return list.length > 0 ? 'yes' : 'empty';
}

async function askStatus({ connection, scene }: Saying): Promise<Outcome> {
  const stream = connection.openStream({ t: 'ask', what: 'status', watch: false });
  const { clients, runs: shown } = await nextOf(stream, 'status');
  return [...clients, ...shown].some(({ user }) => user !== scene.user) ? 'yes' : 'empty';
}

/** Of a snapshot that is there for this alone, of the same user. */
async function change(
  connection: Connection,
  what: 'forget' | 'release',
  { scene, named }: Pick<Saying, 'scene' | 'named'>,
): Promise<Outcome> {
  const { catalog } = scene.lab;
  let { snapshot } = named;
  if (catalog.snapshot(snapshot) !== undefined) {
    snapshot = new Uint8Array(randomBytes(32));
    const key = { ...named.key, set: `once-${hex(snapshot).slice(0, 8)}` };
    const held = { changed: 1, deleted: 1, of: 1 };
    catalog.commitSnapshot(snapshot, snapshotOf(key, 1), { files: 1, held });
  }
  const stream = connection.openStream({ t: 'ask', what, snapshot });
  await nextOf(stream, 'done');
  const after = catalog.snapshot(snapshot);
  assert.equal(what === 'forget' ? after : after?.held, what === 'forget' ? undefined : null);
  return 'yes';
}

async function readOne({ own }: Scene, connection: Connection): Promise<Outcome> {
  const stream = connection.openStream({ t: 'read' });
  return await want(stream, 'data', own.data.id);
}

/** What a destination says that it wasn't asked for. */
async function unasked({ stream, named }: Saying, what: 'bundle' | 'lacking'): Promise<Outcome> {
  if (what === 'bundle') await stream.sendBundle(bundleOf('data', [named.data]));
  else await stream.send({ t: 'lacking', ids: named.data.id });
  stream.end();
  const reason = await stream.closed;
  if (reason !== null) throw reason;
  return 'yes';
}

async function askCheck({ connection }: Saying): Promise<Outcome> {
  const stream = connection.openStream({ t: 'ask', what: 'check', readData: true, heal: true });
  await nextOf(stream, 'checked');
  return 'yes';
}

/** By the first column of the table. */
export const READER_ACTS: Readonly<Record<string, Act>> = {
  'receive/receive': { say: receive },
  'receive/proof': {
    before: receiving,
    say: async ({ stream }) => {
      await stream.send({ t: 'proof', number: 1, sums: [] });
      stream.end();
      const reason = await stream.closed;
      if (reason !== null) throw reason;
      return 'yes';
    },
  },
  'receive/bundle': { before: receiving, say: (saying) => unasked(saying, 'bundle') },
  'receive/lacking': { before: receiving, say: (saying) => unasked(saying, 'lacking') },
  'follow/follow': { say: follow },
  'follow/next': {
    before: following,
    say: async ({ stream }) => {
      await stream.send({ t: 'next', from: 0, most: 1 });
      await nextOf(stream, 'log');
      return 'yes';
    },
  },
  'follow/want': { before: following, say: wantNamed },
  'follow/at': {
    before: following,
    say: async ({ stream, scene }) => {
      await stream.send({ t: 'at', phase: 'receiving', ...BARS });
      return await want(stream, 'data', scene.own.data.id);
    },
  },
  'follow/ack': {
    before: following,
    say: async ({ stream, named: { snapshot } }) => {
      const counts = { bytes: 1, receivedBytes: 1, problems: 0, message: '' };
      await stream.send({ t: 'ack', snapshot, verified: true, ...counts });
      await nextOf(stream, 'acked');
      return 'yes';
    },
  },
  'read/read': { say: ({ connection, scene }) => readOne(scene, connection) },
  'read/want': { before: reading, say: wantNamed },
  'ask/ask-snapshots': { say: askSnapshots },
  'ask/ask-status': { say: askStatus },
  'ask/ask-check': { say: askCheck },
  'ask/ask-release': { say: ({ connection, ...saying }) => change(connection, 'release', saying) },
  'ask/ask-forget': { say: ({ connection, ...saying }) => change(connection, 'forget', saying) },
};
