import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { concatBytes } from '../../src/base/bytes.ts';
import { evil, good } from './hostile/bad-trees.ts';
import { Scene } from './hostile/scene.ts';
import { helloOf, logIn, nextOf, RawVisitor, ScriptedOrigin, visit } from './hostile/visitor.ts';
import {
  bombOf,
  bundleOf,
  bytesOf,
  chunkOf,
  dir,
  file,
  forged,
  pageOf,
  u32,
} from './hostile/wild.ts';
import { PRINTABLE_LINES } from './printable.ts';

let scene: Scene;

before(async () => {
  scene = await Scene.open();
});
after(async () => await scene[Symbol.asyncDispose]());

test('lengths that lie are refused', async () => {
  await scene.during(async () => {
    const chunk = chunkOf(bytesOf(`a chunk of ${scene.newSet()}`));
    const length = chunk.plain.length;
    const record = bundleOf('data', [chunk]);
    await scene.refuses('protocol', 'an offer of another length', async (origin) => {
      await origin.offerIds('data', chunk.id, [length - 1]);
      await origin.stream.sendBundle(record);
    });
    await scene.refuses('damaged-chunk', 'a table that does not add up', async (origin) => {
      await origin.offer('data', [chunk]);
      await origin.stream.sendBundle(forged(record, 48 + 32, u32(length - 1)));
    });
    await scene.refuses('damaged-chunk', 'a sum that overflows', async (origin) => {
      const two = bundleOf('data', [chunk, evil]);
      await origin.offer('data', [chunk]);
      await origin.stream.sendBundle(
        forged(
          forged(two, 48 + 32, u32(0xffff_ffff)),
          48 + 36 + 32,
          u32(length + evil.plain.length + 1),
        ),
      );
    });
  });
});

test('a page that decodes to 10 GB costs the hub nothing', async () => {
  await scene.during(async () => {
    for (const plainBytes of [400_000, 4_194_304]) {
      for (const kind of ['page', 'data'] as const) {
        const chunk = chunkOf(bytesOf(`${kind} ${plainBytes}`));
        await scene.refuses('damaged-chunk', `a bomb of ${plainBytes}`, async (origin) => {
          await origin.offerIds(kind, chunk.id, [plainBytes]);
          await origin.stream.sendBundle(bombOf(kind, chunk.id, plainBytes));
        });
      }
    }
    // What says that it is huge is refused by its first 48 bytes.
    for (const at of [8, 12]) {
      const record = forged(bundleOf('page', [evil]), at, u32(0xffff_fff0));
      assert.equal(await goAwayAfter('bundle', record), 'protocol');
    }
  });
});

/** Sends a frame of a raw origin; answers the code with which the hub hangs up. */
async function goAwayAfter(type: 'bundle' | 'message', payload: Uint8Array): Promise<unknown> {
  const visitor = await RawVisitor.origin(scene.hub.port, 'mal', scene.newSet());
  visitor.frame(type, 1, payload);
  await visitor.closed;
  return visitor.goAway()?.code;
}

test('only chunks that were asked for come in, with the bytes that their ids say', async () => {
  await scene.during(async () => {
    const chunk = chunkOf(bytesOf(`a chunk of ${scene.newSet()}`));
    const wrong = { id: chunk.id, plain: bytesOf('x'.repeat(chunk.plain.length)) };
    await scene.refuses('damaged-chunk', 'wrong bytes under an id', async (origin) => {
      await origin.offer('data', [chunk]);
      await origin.stream.sendBundle(bundleOf('data', [wrong]));
    });
    await scene.refuses('damaged-chunk', 'a wrong checksum', async (origin) => {
      await origin.offer('data', [chunk]);
      const record = bundleOf('data', [chunk]);
      record[20] = (record[20] as number) ^ 1;
      await origin.stream.sendBundle(record);
    });
    await scene.refuses('protocol', 'a chunk that nobody asked for', async (origin) => {
      await origin.stream.sendBundle(bundleOf('data', [chunk]));
    });
    await scene.refuses('protocol', 'a snapshot made up', async (origin) => {
      await origin.offer('data', [chunk]);
      await origin.stream.sendBundle(bundleOf('snapshot', [chunk]));
    });
    await scene.refuses('missing-chunk', 'a file whose chunks never came', async (origin) => {
      await origin.giveTree({ data: [], lists: [], pages: [pageOf(dir(''), file('evil', chunk))] });
      await origin.finish();
    });
    await scene.refuses('missing-chunk', 'a page that never came', async (origin) => {
      await origin.addPages([chunk]);
    });
    await scene.refuses('protocol', 'a tree of nothing', async (origin) => await origin.finish());
    const origin = new ScriptedOrigin(await logIn(scene.hub.port, 'mal'), scene.newSet());
    await origin.start();
    await origin.offer('data', [chunk]);
    await origin.finish();
    origin.stream.end();
    await assert.rejects(origin.committed(), { code: 'connection-lost' });
    origin.connection.close();
  });
});

test('offers beyond the limits are refused', async () => {
  const some = (count: number, seed: number): Uint8Array =>
    new Uint8Array(32 * count).map((_, i) => (i * 31 + seed) >> (i % 3));
  await scene.during(async () => {
    await scene.refuses('too-large', 'one offer of 36 MiB', async (origin) => {
      await origin.offerIds(
        'data',
        some(9, 1),
        Array.from({ length: 9 }, () => 4_194_304),
      );
    });
    await scene.refuses('protocol', 'forty offers at a time', async (origin) => {
      for (let i = 0; i < 40; i++) {
        await origin.offerIds(
          'data',
          concatBytes(Array.from({ length: 8 }, (_, j) => chunkOf(bytesOf(`${i} ${j}`)).id)),
          Array.from({ length: 8 }, () => 4_194_304),
        );
      }
    });
    const bad: Record<string, [Uint8Array, number[]]> = {
      '1,025 ids': [some(1025, 2), Array.from({ length: 1025 }, () => 1)],
      'more ids than lengths': [some(2, 3), [1]],
      'no ids': [some(0, 4), []],
      'a chunk of 5 MB': [some(1, 5), [5_000_000]],
      'a chunk of nothing': [some(1, 6), [0]],
      'half an id': [some(1, 7).subarray(16), [1]],
    };
    for (const [what, [ids, lengths]] of Object.entries(bad)) {
      const origin = new ScriptedOrigin(await logIn(scene.hub.port, 'mal'), scene.newSet());
      await origin.start();
      await origin.offerIds('data', ids, lengths);
      await assert.rejects(origin.committed(), { code: 'protocol' }, what);
    }
  });
});

test('names of users, hosts and sets can be nothing but names', async () => {
  const bad = [
    '..',
    '.',
    'a/b',
    '../up',
    'a\\b',
    'x\u001b[31m',
    'a\nb',
    'a\0b',
    '.rbbackup',
    'x'.repeat(101),
    '\u202egpj',
  ];
  await scene.during(async () => {
    for (const name of bad) {
      const from = scene.logLength;
      const connection = await logIn(scene.hub.port, 'mal');
      for (const more of [{ set: name }, { host: name }]) {
        const origin = new ScriptedOrigin(connection, scene.newSet(), more);
        await assert.rejects(origin.start(), { code: 'name-refused' }, JSON.stringify(more));
      }
      connection.close();
      await scene.logged('name-refused', from);
      await assert.rejects(
        logIn(scene.hub.port, name),
        { code: 'name-refused' },
        JSON.stringify(name),
      );
      await assert.rejects(
        logIn(scene.hub.port, 'mal', { host: name }),
        { code: 'name-refused' },
        JSON.stringify(name),
      );
    }
    for (const name of ['', 'x'.repeat(256)]) {
      await assert.rejects(logIn(scene.hub.port, name), { code: 'protocol' });
    }
  });
  const texts = scene.hub.program.lines.flatMap((line) => Object.values(line)).join('\n');
  assert.match(texts, PRINTABLE_LINES, 'an unescaped character in the log');
});

test('who speaks out of turn, or no protocol at all, is hung up on', async () => {
  await scene.during(async () => {
    const early = await visit(scene.hub.port);
    await early.control.send(helloOf('mal'));
    await nextOf(early.control, 'welcome');
    const twice = await RawVisitor.origin(scene.hub.port, 'mal', scene.newSet());
    twice.message(0, helloOf('mal'));
    await twice.closed;
    assert.equal(twice.goAway()?.code, 'protocol');
    early.close();

    const attacks: Record<string, (visitor: RawVisitor) => void> = {
      'a welcome from a client': (visitor) =>
        visitor.message(1, { t: 'committed', snapshot: good.id, timeMs: 1, unchanged: false }),
      'an unknown message': (visitor) => visitor.message(1, { t: 'own', everything: true }),
      'a stream of the other side': (visitor) => visitor.message(2, { t: 'read' }),
      'no CBOR': (visitor) => visitor.frame('message', 1, bytesOf('\xff\xff\xff')),
      noise: (visitor) => visitor.bytes(bytesOf('\xee'.repeat(100_000))),
      'a page without an id': (visitor) => visitor.message(1, { t: 'page' }),
      'a part of a path of 40,000 bytes': (visitor) =>
        visitor.message(1, {
          t: 'part',
          path: bytesOf('p'.repeat(40_000)),
          offset: 0,
          id: good.id,
          bytes: 1,
          depth: 0,
        }),
      prototypes: (visitor) => visitor.message(1, { t: '__proto__' }),
    };
    for (const [what, attack] of Object.entries(attacks)) {
      const visitor = await RawVisitor.origin(scene.hub.port, 'mal', scene.newSet());
      attack(visitor);
      await visitor.closed;
      assert.equal(visitor.goAway()?.code, 'protocol', what);
    }
  });
});
