import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { RbError } from '../../../src/base/errors.ts';
import { stateFeed } from '../../../src/console/server/state-feed.ts';
import { ManualClock } from '../../manual-clock.ts';
import { startTestConsole } from './console-fixture.ts';
import type { TestConsole } from './console-fixture.ts';

test('events arrive in order, with a sign of life every 15 seconds', async (t) => {
  const clock = new ManualClock();
  const one = await startTestConsole(t, { clock });
  const reader = await openReader(t, one);
  const [stream] = one.streams;
  assert.equal(reader.answer.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.match(reader.answer.headers['cache-control'] ?? '', /no-store/);
  assert.match(String(reader.answer.headers['content-security-policy']), /default-src 'none'/);
  assert.equal(stream?.send('found', { name: 'a\nb' }), true);
  stream?.send('end', undefined);
  await reader.until('event: end\ndata: null\n\n');
  assert.equal(
    reader.taken(),
    ': open\n\nevent: found\ndata: {"name":"a\\nb"}\n\nevent: end\ndata: null\n\n',
  );
  clock.advance(14_999);
  stream?.send('mark', 1);
  await reader.until('event: mark');
  assert.doesNotMatch(reader.taken(), /^: \n/m);
  clock.advance(1);
  await reader.until(': \n\n');
  reader.taken();
  clock.advance(15_000);
  await reader.until(': \n\n');
});

test('a browser that reads slowly gets the newest state only, and everything else in order', async (t) => {
  const one = await startTestConsole(t);
  const reader = await openReader(t, one);
  const [stream] = one.streams;
  reader.answer.pause();
  const filler = 'x'.repeat(64 * 1024);
  let fillers = 0;
  // Until the buffers of both sockets are full.
  while (stream?.send('filler', filler) === true) {
    fillers += 1;
    await setImmediate();
  }
  for (let count = 0; count < 1000; count += 1) stream?.send('state', { count });
  stream?.send('last', fillers);
  const drained = stream?.drained();
  reader.answer.resume();
  await reader.until('event: state\n');
  await drained;
  const taken = reader.taken();
  assert.equal(taken.match(/event: state/g)?.length, 1);
  assert.match(taken, /data: \{"count":999\}/);
  assert.equal(taken.match(/event: filler/g)?.length, fillers + 1);
  assert.match(taken, new RegExp(`event: last\ndata: ${fillers}\n`));
});

test('a browser for which too much waits is hung up on', async (t) => {
  const one = await startTestConsole(t);
  const reader = await openReader(t, one);
  const [stream] = one.streams;
  reader.answer.pause();
  const filler = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 64 && stream?.closed.aborted === false; count += 1) {
    stream.send('filler', filler);
    await setImmediate();
  }
  assert.equal(stream?.closed.aborted, true);
  assert.equal(stream?.send('filler', filler), false);
  await stream?.drained();
});

test('a stream ends with its browser, with its session, and after a day', async (t) => {
  const clock = new ManualClock();
  const one = await startTestConsole(t, { clock });
  const gone = await openReader(t, one);
  gone.answer.destroy();
  await aborted(one, 0);
  assert.equal(clock.pendingCount, 0);

  const signedOut = await openReader(t, one);
  one.epoch = 'second';
  one.streams[1]?.send('state', 'not for those with the old password');
  await signedOut.ended;
  assert.equal(signedOut.taken(), ': open\n\n');
  assert.equal(one.streams[1]?.closed.aborted, true);

  const old = await openReader(t, one);
  clock.advance(23 * 60 * 60 * 1000);
  assert.equal(one.streams[2]?.closed.aborted, false);
  clock.advance(60 * 60 * 1000);
  await old.ended;
  assert.equal(clock.pendingCount, 0);
});

test('closing the console ends all streams within a second, also of a browser that does not read', async (t) => {
  const clock = new ManualClock();
  const one = await startTestConsole(t, { clock });
  const reading = await openReader(t, one);
  const stuck = await openReader(t, one);
  stuck.answer.pause();
  while (one.streams[1]?.send('filler', 'x'.repeat(64 * 1024)) === true) await setImmediate();
  one.streams[0]?.send('state', 'the last');
  const startMs = performance.now();
  await one.server.close();
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 1000, `${tookMs} ms`);
  await reading.ended;
  assert.match(reading.taken(), /"the last"/);
  assert.ok(one.streams.every(({ closed }) => closed.aborted));
  assert.equal(clock.pendingCount, 0);
});

test('an error ends a stream with its failure; a fault is told to the log alone', async (t) => {
  const one = await startTestConsole(t);
  const told = await openReader(t, one);
  one.streams[0]?.fail(new RbError('not-found', 'No such snapshot.'));
  await told.ended;
  assert.match(
    told.taken(),
    /event: failed\ndata: {"code":"not-found","message":"No such snapshot\."}/,
  );
  const untold = await openReader(t, one);
  one.streams[1]?.fail(new Error('swordfish'));
  await untold.ended;
  assert.doesNotMatch(untold.taken(), /swordfish/);
  assert.equal(one.logged.length, 1);
  assert.match(one.logged[0] ?? '', /swordfish/);
});

test('there are at most 64 streams at a time', async (t) => {
  const one = await startTestConsole(t);
  const cookie = await one.signIn();
  const readers = await Promise.all(Array.from({ length: 64 }, () => openReader(t, one, cookie)));
  const refused = await one.ask('/api/events', { cookie });
  assert.equal(refused.status, 409);
  assert.match(refused.text, /"code":"busy"/);
  readers[0]?.answer.destroy();
  await aborted(one, 0);
  await openReader(t, one, cookie);
});

test('a state is sent at once, then at most four times a second, made once for all', async (t) => {
  const clock = new ManualClock();
  const one = await startTestConsole(t, { clock });
  const listeners = new Set<() => void>();
  let reads = 0;
  let state = 0;
  const feed = stateFeed(
    () => {
      reads += 1;
      return { state };
    },
    (callback) => {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    clock,
  );
  assert.equal(listeners.size, 0, 'nobody looks');
  const readers = [await openReader(t, one), await openReader(t, one)];
  for (const stream of one.streams) feed.attach(stream);
  for (const reader of readers) await reader.until('{"state":0}');
  assert.equal(reads, 2);
  assert.equal(listeners.size, 1);
  const change = (): void => {
    state += 1;
    for (const callback of listeners) callback();
  };
  for (let count = 0; count < 100; count += 1) {
    change();
    clock.advance(10);
  }
  for (const reader of readers) await reader.until('{"state":100}');
  // At 250, 500, 750 and 1000 ms; each time for both.
  assert.equal(reads, 2 + 4);
  assert.deepEqual(
    [...(readers[0]?.taken() ?? '').matchAll(/"state":(\d+)/g)].map(([, number]) => Number(number)),
    [0, 25, 50, 75, 100],
  );
  for (const { answer } of readers) answer.destroy();
  await aborted(one, 0);
  await aborted(one, 1);
  assert.equal(listeners.size, 0);
});

test('a state that cannot be read ends its streams and nothing else', async (t) => {
  const clock = new ManualClock();
  const one = await startTestConsole(t, { clock });
  const reader = await openReader(t, one);
  const feed = stateFeed(
    () => {
      throw new RbError('damaged-catalog', 'The catalog is damaged.');
    },
    () => () => undefined,
    clock,
  );
  const [stream] = one.streams;
  assert.ok(stream);
  feed.attach(stream);
  await reader.ended;
  assert.match(reader.taken(), /event: failed\ndata: {"code":"damaged-catalog"/);
});

interface Reader {
  readonly answer: IncomingMessage;
  /** Settles when what was read and not taken contains a text. */
  until(part: string): Promise<void>;
  taken(): string;
  readonly ended: Promise<unknown>;
}

async function openReader(t: TestContext, one: TestConsole, cookie?: string): Promise<Reader> {
  const headers = { cookie: cookie ?? (await one.signIn()) };
  const { address: host, port } = one.server;
  const request = get({ host, port, path: '/api/events', agent: false, headers });
  request.on('error', () => undefined);
  t.after(() => request.destroy());
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  const ended = once(answer, 'end');
  ended.catch(() => undefined);
  answer.setEncoding('utf8');
  answer.on('data', (part: string) => (text += part));
  answer.on('error', () => undefined);
  return {
    answer,
    ended,
    async until(part) {
      while (!text.includes(part)) await once(answer, 'data');
    },
    taken() {
      const all = text;
      text = '';
      return all;
    },
  };
}

async function aborted({ streams }: TestConsole, at: number): Promise<void> {
  const signal = streams[at]?.closed;
  if (signal?.aborted === false) await once(signal, 'abort');
}
