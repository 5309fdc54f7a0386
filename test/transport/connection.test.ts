import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRbError, RbError } from '../../src/base/errors.ts';
import { FramedConnection } from '../../src/transport/connection.ts';
import type { Stream } from '../../src/transport/transport.ts';
import { decodeReason, encodeMessage, encodeReason } from '../../src/wire/codec.ts';
import { FrameDecoder } from '../../src/wire/frame-decoder.ts';
import type { FrameSink } from '../../src/wire/frame-decoder.ts';
import { SharedArena } from '../../src/base/shared-arena.ts';
import type { Message } from '../../src/wire/messages.ts';
import { bundleRecord, ID } from '../conformance/transport-data.ts';
import { frame, framesOf } from '../wire/frames.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryPipe } from './memory-pipe.ts';

const READ: Message = { t: 'read' };
const WANT: Message = { t: 'want', kind: 'data', ids: ID };

type Setting = {
  clock: ManualClock;
  pipe: MemoryPipe;
  connection: FramedConnection;
  /** Types of the frames that were written so far. */
  types: () => string[];
  /** Code of the GOAWAY that was written, if one was. */
  goAway: () => Promise<string | undefined>;
};

function setting(side: 'client' | 'hub', isLoggedIn: boolean, limitBytesPerSec?: number): Setting {
  const clock = new ManualClock();
  const pipe = new MemoryPipe();
  const connection = new FramedConnection(pipe, {
    side,
    clock,
    limitBytesPerSec,
    describe: () => new RbError('connection-lost', 'gone'),
  });
  if (isLoggedIn) connection.markLoggedIn();
  const types = (): string[] => framesOf(pipe.written).map((one) => one.type);
  const goAway = async (): Promise<string | undefined> => {
    await turns();
    const last = framesOf(pipe.written).find((one) => one.type === 'goaway');
    return last && decodeReason(last.payload).code;
  };
  return { clock, pipe, connection, types, goAway };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

for (const [side, quietMs] of [
  ['client', 12_000],
  ['hub', 15_000],
] as const) {
  test(`a ${side} pings after ${quietMs} ms of silence, and not where both sides speak`, async () => {
    const { clock, pipe, connection, types } = setting(side, true);
    for (let i = 0; i < 5; i++) {
      clock.advance(quietMs);
      await turns();
      pipe.give(frame('pong', 0, new Uint8Array(8)));
    }
    assert.deepEqual(types(), ['ping', 'ping', 'ping', 'ping', 'ping']);
    for (let i = 0; i < 20; i++) {
      clock.advance(quietMs / 2);
      pipe.give(frame('ping', 0, new Uint8Array(8)));
      await turns();
    }
    assert.equal(types().filter((type) => type === 'ping').length, 5);
    connection.close();
  });

  test(`a ${side} that hears all the time and has nothing to say pings every ${quietMs} ms`, async () => {
    const { clock, pipe, connection, types } = setting(side, true);
    for (let ms = 0; ms < 4 * quietMs; ms += 1000) {
      clock.advance(1000);
      pipe.give(frame('pong', 0, new Uint8Array(8)));
      await turns();
    }
    assert.deepEqual(types(), ['ping', 'ping', 'ping', 'ping']);
    connection.close();
  });
}

test('a side whose bundle takes a minute to be taken adds no ping to it', async () => {
  const { clock, pipe, connection, types } = setting('hub', true);
  connection.onStream((stream) => void stream.sendBundle(bundleRecord(100_000, 1)));
  pipe.takes = false;
  pipe.give(frame('message', 1, encodeMessage(READ)));
  await turns();
  for (let s = 0; s < 60; s++) {
    clock.advance(1000);
    pipe.give(frame('pong', 0, new Uint8Array(8)));
  }
  pipe.take();
  await turns();
  assert.deepEqual(types(), ['bundle']);
  connection.close();
});

test('a ping is answered with its own eight bytes', async () => {
  const { pipe, connection } = setting('hub', true);
  const payload = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  pipe.give(frame('ping', 0, payload));
  await turns();
  const [answer] = framesOf(pipe.written);
  assert.equal(answer?.type, 'pong');
  assert.deepEqual(answer.payload, payload);
  connection.close();
});

test('a side that is silent for 25 s is given up within a second, and its streams end', async () => {
  const { clock, pipe, connection } = setting('client', true);
  const stream = connection.openStream(READ);
  const fetching = stream.next();
  clock.advance(24_000);
  assert.equal(pipe.isDestroyed, false);
  clock.advance(2000);
  assert.equal(pipe.isDestroyed, true);
  await assert.rejects(fetching, (error) => isRbError(error, 'connection-lost'));
  assert.equal((await connection.closed)?.code, 'connection-lost');
});

test('a single byte now and then is enough to be alive', () => {
  const { clock, pipe, connection } = setting('client', true);
  const ping = frame('ping', 0, new Uint8Array(8));
  for (let at = 0; at < ping.length; at++) {
    clock.advance(24_000);
    pipe.give(ping.subarray(at, at + 1));
  }
  assert.equal(pipe.isDestroyed, false);
  connection.close();
});

test('who has not logged in after 10 s is sent away, however busy it is', async () => {
  const { clock, pipe, goAway } = setting('hub', false);
  const ping = frame('ping', 0, new Uint8Array(8));
  for (let i = 0; i < 11; i++) {
    pipe.give(ping.subarray(i % 8, (i % 8) + 1));
    clock.advance(i < 8 ? 1000 : 600);
    if (i === 7) assert.equal(await goAway(), undefined);
    if (i >= 8) break;
  }
  clock.advance(2000);
  assert.equal(await goAway(), 'timeout');
});

test('more than 64 KiB before the login are refused', async () => {
  const { pipe, goAway } = setting('hub', false);
  const ping = frame('ping', 0, new Uint8Array(8));
  for (let bytes = 0; bytes + ping.length <= 64 * 1024; bytes += ping.length) pipe.give(ping);
  assert.equal(await goAway(), undefined);
  pipe.give(ping);
  assert.equal(await goAway(), 'protocol');
});

const OFFENCES: Readonly<Record<string, readonly Uint8Array[]>> = {
  garbage: [Uint8Array.from({ length: 64 }, (_, at) => at * 37)],
  'an HTTP request': [new TextEncoder().encode('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  'a message that is no CBOR': [frame('message', 1, Uint8Array.of(0xff))],
  'a message that opens nothing': [frame('message', 1, encodeMessage(WANT))],
  'an even stream': [frame('message', 2, encodeMessage(READ))],
  'an END of a stream that was never opened': [frame('end', 5, new Uint8Array(0))],
  'a bundle on a stream of reading': [
    frame('message', 1, encodeMessage(READ)),
    frame('bundle', 1, bundleRecord(100, 1)),
  ],
  'a message after END': [
    frame('message', 1, encodeMessage(READ)),
    frame('end', 1, new Uint8Array(0)),
    frame('message', 1, encodeMessage(WANT)),
  ],
  'a 65th stream': Array.from({ length: 65 }, (_, at) =>
    frame('message', 2 * at + 1, encodeMessage(READ)),
  ),
};

for (const [what, bytes] of Object.entries(OFFENCES)) {
  test(`${what} ends the connection with GOAWAY`, async () => {
    const { pipe, connection, goAway } = setting('hub', true);
    connection.onStream(() => undefined);
    for (const one of bytes) pipe.give(one);
    assert.equal(await goAway(), 'protocol');
    assert.equal(pipe.isEnded, true);
    pipe.close();
    assert.equal((await connection.closed)?.code, 'protocol');
  });
}

test('a stream before the login is refused', async () => {
  const { pipe, goAway } = setting('hub', false);
  pipe.give(frame('message', 1, encodeMessage(READ)));
  assert.equal(await goAway(), 'protocol');
});

test('frames that were on their way to a failed stream are skipped', async () => {
  const { pipe, connection, goAway } = setting('hub', true);
  const opened: Stream[] = [];
  connection.onStream((stream) => opened.push(stream));
  pipe.give(frame('message', 1, encodeMessage(READ)));
  opened[0]?.fail(new RbError('busy', 'not now'));
  await turns();
  pipe.give(frame('message', 1, encodeMessage(WANT)));
  pipe.give(frame('bundle', 1, bundleRecord(100, 1)));
  pipe.give(frame('end', 1, new Uint8Array(0)));
  assert.equal(await goAway(), undefined);
  connection.close();
});

test('nothing more is handed to the system than a bounded amount, and pings still go first', async () => {
  const { clock, pipe, connection } = setting('hub', true);
  connection.onStream((stream) => {
    for (let i = 0; i < 10; i++) void stream.sendBundle(bundleRecord(4_000_000, i));
  });
  pipe.takes = false;
  pipe.give(frame('message', 1, encodeMessage(READ)));
  await turns();
  assert.ok(pipe.bytesWritten <= 1024 * 1024, `${pipe.bytesWritten} bytes`);
  clock.advance(15_000);
  pipe.written = [];
  pipe.take();
  await turns();
  assert.equal(framesOf(pipe.written)[0]?.type, 'ping');
  connection.close();
});

test('what lies unfetched stops the reading, and fetching it lets it go on', async () => {
  const { clock, pipe, connection } = setting('client', true);
  const stream = connection.openStream(READ);
  const bundle = framesFor(bundleRecord(8_000_000, 1), 1);
  for (let i = 0; i < 7 && !pipe.isPaused; i++) pipe.give(bundle);
  assert.equal(pipe.isPaused, true);
  clock.advance(60_000);
  assert.equal(pipe.isDestroyed, false, 'silence while nothing is read says nothing');
  for (let i = 0; i < 3; i++) await stream.next();
  assert.equal(pipe.isPaused, false);
  connection.close();
});

test('many small messages that nobody fetches are bounded too', () => {
  const { pipe, connection } = setting('client', true);
  connection.openStream(READ);
  const lacking = frame('message', 1, encodeMessage({ t: 'lacking', ids: ID }));
  let given = 0;
  for (; given < 100_000 && !pipe.isPaused; given++) pipe.give(lacking);
  assert.ok(given < 60_000);
  connection.close();
});

test('what nobody will fetch any more does not stop the reading', () => {
  const { pipe, connection } = setting('client', true);
  connection.openStream(READ);
  const bundle = framesFor(bundleRecord(8_000_000, 1), 1);
  for (let i = 0; i < 7 && !pipe.isPaused; i++) pipe.give(bundle);
  assert.equal(pipe.isPaused, true);
  pipe.give(frame('fail', 1, encodeReason({ code: 'busy', message: 'x' })));
  assert.equal(pipe.isPaused, false);
  connection.close();
});

test('with a limited rate no more is written than time allows', async () => {
  const { clock, pipe, connection } = setting('hub', true, 1_000_000);
  connection.onStream((stream) => {
    for (let i = 0; i < 10; i++) void stream.sendBundle(bundleRecord(1_000_000, i));
  });
  pipe.give(frame('message', 1, encodeMessage(READ)));
  const give = frame('pong', 0, new Uint8Array(8));
  for (let i = 0; i < 500; i++) {
    clock.advance(10);
    pipe.give(give);
    await turns();
  }
  // Five seconds at 1 MB/s, and the burst.
  assert.ok(pipe.bytesWritten > 4_500_000 && pipe.bytesWritten < 5_500_000, `${pipe.bytesWritten}`);
  connection.close();
});

test('no more bundles are begun at a time than the other side has to take', async () => {
  const { pipe, connection } = setting('hub', true);
  connection.onStream((stream) => void stream.sendBundle(bundleRecord(4_000_000, 1)));
  for (let i = 0; i < 20; i++) pipe.give(frame('message', 2 * i + 1, encodeMessage(READ)));
  let most = 0;
  const none = (): undefined => undefined;
  const sink: FrameSink = {
    message: none,
    bundleBegins: () => true,
    bundle: none,
    end: none,
    fail: none,
    ping: none,
    pong: none,
    goAway: none,
  };
  const decoder = new FrameDecoder(sink, new SharedArena(0));
  for (let round = 0; round < 200; round++) {
    await turns();
    for (const bytes of pipe.written.splice(0)) decoder.push(bytes);
    most = Math.max(most, decoder.assemblies);
  }
  assert.ok(pipe.bytesWritten > 80_000_000);
  assert.equal(most, 3);
  connection.close();
});

function framesFor(record: Uint8Array, stream: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < record.length; at += 128 * 1024) {
    const payload = record.subarray(at, at + 128 * 1024);
    parts.push(frame('bundle', stream, payload, at + payload.length < record.length));
  }
  return new Uint8Array(Buffer.concat(parts));
}
