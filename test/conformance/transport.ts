/** What every transport must do. Run it by `transportSuite(name, transport)` in a test file. */

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { isRbError, RbError } from '../../src/base/errors.ts';
import { createIdentity } from '../../src/transport/identity.ts';
import type { Connection, Identity, Stream, Transport } from '../../src/transport/transport.ts';
import type { Message } from '../../src/wire/messages.ts';
import { hello, TransportBench } from './transport-bench.ts';
import { bundleRecord, ID, PROGRESS } from './transport-data.ts';

const READ: Message = { t: 'read' };
const WANT: Message = { t: 'want', kind: 'data', ids: ID };
const START: Message = { t: 'start', run: 'r', latest: null, memoryIsGood: false };
const BACKUP: Message = {
  t: 'backup',
  set: 's',
  host: 'h',
  sourcePath: new Uint8Array(0),
  recursive: true,
  delete: true,
  copies: 0,
  waitMs: null,
  dryRun: false,
  memory: null,
};

export function transportSuite(name: string, transport: Transport): void {
  describe(`transport: ${name}`, () => {
    let hubIdentity: Identity;
    let deviceIdentity: Identity;

    before(async () => {
      hubIdentity = await createIdentity();
      deviceIdentity = await createIdentity();
    });

    const it = (title: string, body: (bench: TransportBench) => Promise<void>): void => {
      test(title, { timeout: 60_000 }, async () => {
        const bench = new TransportBench(transport, hubIdentity, deviceIdentity);
        try {
          await body(bench);
        } finally {
          await bench.close();
        }
      });
    };

    it('each end knows the other by its fingerprint, and where it is', async (bench) => {
      const { client, hub } = await bench.pair();
      assert.equal(client.peerFingerprint, hubIdentity.fingerprint);
      assert.equal(hub.peerFingerprint, deviceIdentity.fingerprint);
      assert.match(client.remoteAddress, /^127\.0\.0\.1:\d+$/);
      assert.match(hub.remoteAddress, /^127\.0\.0\.1:\d+$/);
    });

    it('a hub with another fingerprint is refused, and hears nothing', async (bench) => {
      const others: Connection[] = [];
      const arrived = Promise.withResolvers<Connection>();
      const listener = await bench.listen((connection) => {
        if (connection.peerFingerprint === hubIdentity.fingerprint) arrived.resolve(connection);
        else others.push(connection);
      });
      const expectedFingerprint = deviceIdentity.fingerprint;
      await assert.rejects(bench.connect(listener, { expectedFingerprint }), (error) =>
        isRbError(error, 'not-trusted'),
      );
      const right = await bench.connect(listener, { identity: hubIdentity });
      await right.control.send(hello);
      assert.deepEqual(await (await arrived.promise).control.next(), hello);
      // The first one may or may not have come to the hub's notice before it was gone.
      for (const other of others) {
        await assert.rejects(other.control.next(), (error) => isRbError(error, 'connection-lost'));
      }
    });

    it('whoever answers is taken if no fingerprint is expected', async (bench) => {
      const listener = await bench.listen(() => undefined);
      const client = await bench.connect(listener, { expectedFingerprint: null });
      assert.equal(client.peerFingerprint, hubIdentity.fingerprint);
    });

    it('of several addresses one that answers is enough', async (bench) => {
      const listener = await bench.listen(() => undefined);
      const gone = await transport.listen({
        host: '127.0.0.1',
        port: 0,
        identity: hubIdentity,
        onConnection: () => undefined,
      });
      await gone.close();
      const addresses = [`127.0.0.1:${gone.port}`, `127.0.0.1:${listener.port}`];
      const client = await bench.connect(listener, { addresses });
      assert.equal(client.peerFingerprint, hubIdentity.fingerprint);
    });

    it('where nothing listens, a sentence says so', async (bench) => {
      const listener = await bench.listen(() => undefined);
      await listener.close();
      await assert.rejects(bench.connect(listener), (error) => {
        assert.ok(isRbError(error, 'connection-lost'));
        assert.match(
          error.message,
          /^Nothing listens at 127\.0\.0\.1:\d+\. Is rbbackupd running there\?$/,
        );
        return error.retry;
      });
    });

    it('a port that is taken is refused with a code', async (bench) => {
      const listener = await bench.listen(() => undefined);
      await assert.rejects(
        bench.listen(() => undefined, { port: listener.port }),
        (error) => isRbError(error, 'port-taken'),
      );
    });

    it('the local port can be chosen', async (bench) => {
      const probe = await bench.listen(() => undefined);
      await probe.close();
      const arrived = Promise.withResolvers<Connection>();
      const listener = await bench.listen(arrived.resolve);
      await bench.connect(listener, { localPort: probe.port });
      assert.equal((await arrived.promise).remoteAddress, `127.0.0.1:${probe.port}`);
    });

    it('messages and bundles arrive whole and in order, in both directions', async (bench) => {
      const { client, opened } = await bench.pair();
      const origin = client.openStream(BACKUP);
      const { stream, first } = await opened();
      assert.deepEqual(first, BACKUP);
      await stream.send(START);
      assert.deepEqual(await origin.next(), START);
      const records = [1, 200_000, 3_000_000].map((bytes, seed) => bundleRecord(bytes, seed));
      for (const record of records) {
        void origin.sendBundle(record);
        void origin.send(PROGRESS);
      }
      for (const record of records) {
        const bundle = await stream.next();
        assert.ok(bundle?.t === '#bundle');
        assert.equal(Buffer.compare(bundle.record.bytes, record), 0);
        bundle.record.release();
        assert.deepEqual(await stream.next(), PROGRESS);
      }
    });

    it('a message of hundreds of kilobytes arrives', async (bench) => {
      const { client, opened } = await bench.pair();
      const have = Array.from({ length: 4000 }, (_, at) => ({
        user: 'ana',
        host: 'laptop',
        set: `set-${at}-${'x'.repeat(100)}`,
        snapshot: ID,
      }));
      const receive: Message = {
        t: 'receive',
        destination: new Uint8Array(16),
        name: 'd',
        filter: null,
        have,
      };
      client.openStream(receive);
      assert.deepEqual((await opened()).first, receive);
    });

    it('a message goes ahead of the bundles of other streams', async (bench) => {
      const { client, opened } = await bench.pair();
      const bulk = client.openStream(READ);
      bulk.send(WANT).catch(() => undefined);
      const bulkAtHub = (await opened()).stream;
      const quick = client.openStream({ t: 'ask', what: 'status', watch: false });
      const quickAtHub = (await opened()).stream;
      let arrivedBytes = 0;
      const record = bundleRecord(4_000_000, 5);
      for (let i = 0; i < 8; i++) void bulkAtHub.sendBundle(record);
      void quickAtHub.send({ t: 'snapshots', list: [], more: false }).catch(() => undefined);
      quickAtHub.end();
      const drain = (async (): Promise<void> => {
        for (let i = 0; i < 8; i++) {
          const bundle = await bulk.next();
          if (bundle?.t === '#bundle') arrivedBytes += bundle.record.bytes.length;
        }
      })();
      assert.equal(await quick.next(), null);
      assert.ok(arrivedBytes < 5 * record.length, `${arrivedBytes} bytes came before`);
      await drain;
    });

    it('bundles of several streams share the connection', async (bench) => {
      const { client, opened } = await bench.pair();
      const hubEnds: Stream[] = [];
      const ends: Stream[] = [];
      for (let i = 0; i < 6; i++) {
        ends.push(client.openStream(READ));
        hubEnds.push((await opened()).stream);
      }
      const order: number[] = [];
      for (const [at, stream] of hubEnds.entries()) {
        for (let i = 0; i < 4; i++) void stream.sendBundle(bundleRecord(300_000 + at, i));
        stream.end();
      }
      await Promise.all(
        ends.map(async (stream, at) => {
          while ((await stream.next()) !== null) order.push(at);
        }),
      );
      assert.equal(order.length, 24);
      assert.equal(new Set(order.slice(0, 12)).size, 6, `unfair: ${order.join(' ')}`);
    });

    it('END lets what was sent arrive, and closes the stream when both have said it', async (bench) => {
      const { client, opened } = await bench.pair();
      const reader = client.openStream(READ);
      const { stream } = await opened();
      await reader.send(WANT);
      reader.end();
      reader.end();
      assert.deepEqual(await stream.next(), WANT);
      assert.equal(await stream.next(), null);
      assert.equal(await stream.next(), null);
      await stream.send({ t: 'lacking', ids: ID });
      stream.end();
      assert.deepEqual(await reader.next(), { t: 'lacking', ids: ID });
      assert.equal(await reader.next(), null);
      assert.equal(await reader.closed, null);
      assert.equal(await stream.closed, null);
      await assert.rejects(reader.send(WANT), (error) => isRbError(error, 'protocol'));
    });

    it('FAIL ends a stream both ways with its code, and no other', async (bench) => {
      const { client, opened } = await bench.pair();
      const failing = client.openStream(READ);
      const failingAtHub = (await opened()).stream;
      const other = client.openStream(READ);
      const otherAtHub = (await opened()).stream;
      const fetching = failing.next();
      failingAtHub.fail(new RbError('disk-full', 'The disk of the hub is full.'));
      await assert.rejects(fetching, (error) => {
        return isRbError(error, 'disk-full') && error.message === 'The disk of the hub is full.';
      });
      await assert.rejects(failing.send(WANT), (error) => isRbError(error, 'disk-full'));
      assert.equal((await failing.closed)?.code, 'disk-full');
      assert.equal((await failingAtHub.closed)?.code, 'disk-full');
      await other.send(WANT);
      assert.deepEqual(await otherAtHub.next(), WANT);
    });

    it('FAIL amid bundles harms no other stream, whoever says it', async (bench) => {
      const { client, opened } = await bench.pair();
      for (const [round, byClient] of [true, false, true, false, true, true, false].entries()) {
        const reader = client.openStream(READ);
        const { stream } = await opened();
        for (let i = 0; i < 3; i++)
          stream.sendBundle(bundleRecord(5_000_000, i)).catch(() => undefined);
        await reader.next();
        (byClient ? reader : stream).fail(new RbError('interrupted', `round ${round}`));
        assert.equal((await stream.closed)?.code, 'interrupted');
        assert.equal((await reader.closed)?.code, 'interrupted');
      }
      const reader = client.openStream(READ);
      const { stream } = await opened();
      const record = bundleRecord(1_000_000, 9);
      await stream.sendBundle(record);
      const bundle = await reader.next();
      assert.ok(bundle?.t === '#bundle' && Buffer.compare(bundle.record.bytes, record) === 0);
    });

    it('a slow reader holds the sender up, whose memory stays bounded', async (bench) => {
      const { client, opened } = await bench.pair();
      const reader = client.openStream(READ);
      const { stream } = await opened();
      const record = bundleRecord(4_000_000, 3);
      const total = 60;
      let sent = 0;
      const sending = (async (): Promise<void> => {
        for (; sent < total; sent++) await stream.sendBundle(record);
        stream.end();
      })();
      const taken = await settled(() => sent);
      assert.ok(taken < 30, `${taken} bundles were taken though nobody read`);
      let arrived = 0;
      while ((await reader.next()) !== null) arrived += 1;
      await sending;
      assert.equal(arrived, total);
    });

    it('what the state tables forbid is not sent', async (bench) => {
      const { client, opened } = await bench.pair();
      const reader = client.openStream(READ);
      await opened();
      await assert.rejects(reader.send(PROGRESS), (error) => isRbError(error, 'protocol'));
      await reader.send(WANT);
    });

    it('no more than 64 streams at a time, and again when some are over', async (bench) => {
      const { client, opened } = await bench.pair();
      const ends: [Stream, Stream][] = [];
      for (let i = 0; i < 64; i++) {
        const stream = client.openStream(READ);
        ends.push([stream, (await opened()).stream]);
      }
      assert.throws(
        () => client.openStream(READ),
        (error) => isRbError(error, 'busy'),
      );
      for (const pair of ends) {
        for (const stream of pair) stream.end();
        await pair[0].closed;
      }
      for (let i = 0; i < 64; i++) client.openStream(READ);
      for (let i = 0; i < 64; i++) await opened();
    });

    it('an ended connection ends all its streams, and both ends learn why', async (bench) => {
      const { client, hub, opened } = await bench.pair();
      const streams = [client.openStream(READ), client.openStream(READ)];
      const atHub = [(await opened()).stream, (await opened()).stream];
      hub.close(new RbError('not-allowed', 'This device was removed.'));
      for (const stream of streams) {
        await assert.rejects(stream.next(), (error) => isRbError(error, 'not-allowed'));
      }
      for (const stream of atHub) {
        await assert.rejects(stream.next(), (error) => isRbError(error, 'not-allowed'));
      }
      const told = await client.closed;
      assert.equal(told?.code, 'not-allowed');
      assert.equal(told.message, 'This device was removed.');
      assert.throws(() => client.openStream(READ));
    });

    it('closing without a reason writes what is queued, and the other side loses the connection', async (bench) => {
      const { client, opened } = await bench.pair();
      const reader = client.openStream(READ);
      const { stream } = await opened();
      for (let i = 0; i < 100; i++) void reader.send(WANT);
      client.close();
      for (let i = 0; i < 100; i++) assert.deepEqual(await stream.next(), WANT);
      await assert.rejects(stream.next(), (error) => isRbError(error, 'connection-lost'));
      assert.equal(await client.closed, null);
    });

    it('bytes on the wire are counted, encryption included', async (bench) => {
      const { client, hub, opened } = await bench.pair();
      const reader = client.openStream(READ);
      const { stream } = await opened();
      const writtenBefore = hub.bytesWritten;
      const record = bundleRecord(2_000_000, 1);
      await stream.sendBundle(record);
      await reader.next();
      assert.ok(hub.bytesWritten - writtenBefore >= record.length);
      assert.ok(hub.bytesWritten - writtenBefore < record.length * 1.01);
      assert.ok(client.bytesRead >= record.length && client.bytesRead <= hub.bytesWritten);
    });

    it('a limited rate is kept', async (bench) => {
      const limit = 4_000_000;
      const { client, opened } = await bench.pair(limit);
      const reader = client.openStream(READ);
      const { stream } = await opened();
      const beganMs = performance.now();
      for (let i = 0; i < 4; i++) void stream.sendBundle(bundleRecord(500_000, i));
      for (let i = 0; i < 4; i++) await reader.next();
      // 2 MB, of which a burst of 0.4 MB and one read may come at once.
      assert.ok(performance.now() - beganMs > 300);
    });
  });
}

/** The value once it has stayed the same for a while. */
async function settled(value: () => number): Promise<number> {
  for (let last = -1; ;) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (value() === last) return last;
    last = value();
  }
}
