import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { backUp, bundleOf, Origin, Taker } from './actors.ts';
import { nextOf, startLab, until } from './lab.ts';
import type { Lab } from './lab.ts';
import { chunkOf, entryOf, noise, pagesOf, smallTree } from './trees.ts';
import type { Chunk, Tree } from './trees.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import type { SharedLease } from '../../src/base/shared-arena.ts';
import type { Bundle } from '../../src/model/bundle.ts';

/** Lets a bad origin and a good one run side by side: the bad one fails with `code`, the good one commits. */
async function failsAlone(
  t: TestContext,
  code: ErrorCode,
  attack: (origin: Origin, lab: Lab) => Promise<unknown>,
): Promise<void> {
  const lab = await startLab(t);
  const good = new Origin(await lab.login('eva'), 'docs');
  await good.start();
  const bad = new Origin(await lab.login('mal'), 'docs');
  await bad.start();
  await assert.rejects(
    async () => {
      await attack(bad, lab);
      await nextOf(bad.stream, 'committed');
    },
    { code },
  );
  const tree = smallTree();
  await good.sendTree(tree);
  await good.finish(tree);
  await nextOf(good.stream, 'committed');
  assert.equal(
    lab.catalog.sets('mal').every(({ latest }) => latest === null),
    true,
  );
  await until(() => lab.events.some((event) => event.code === code), 'a line in the log');
}

function treeWith(pages: Tree['pages']): Tree {
  return { data: [], pages, bytes: 0 };
}

test('a page that names chunks which never came', async (t) => {
  const { pages } = smallTree();
  await failsAlone(t, 'missing-chunk', (origin) => origin.sendTree(treeWith(pages)));
});

test('a page that was never sent', async (t) => {
  await failsAlone(t, 'missing-chunk', (origin) =>
    origin.stream.send({ t: 'page', id: new Uint8Array(32) }),
  );
});

test('names with two dots', async (t) => {
  const pages = pagesOf([entryOf('', 'dir'), entryOf('../evil', 'dir')]);
  await failsAlone(t, 'name-refused', (origin) => origin.sendTree(treeWith(pages)));
});

test('a file below a symbolic link', async (t) => {
  const pages = pagesOf(
    [entryOf('', 'dir'), entryOf('link', 'symlink'), entryOf('link/file', 'fifo')],
    2,
  );
  await failsAlone(t, 'protocol', (origin) => origin.sendTree(treeWith(pages)));
});

test('pages in a wrong order, though each of them is known', async (t) => {
  await failsAlone(t, 'protocol', async (origin, lab) => {
    const tree = smallTree(5, 20);
    await backUp(await lab.login('fay'), 'docs', tree);
    const [first, second, third] = tree.pages as [Chunk, Chunk, Chunk];
    await origin.sendTree({ ...tree, pages: [first, third, second] });
  });
});

test('pages of the newest snapshot in another order than there', async (t) => {
  const lab = await startLab(t);
  const tree = smallTree(5, 20);
  const connection = await lab.login('mal');
  const { snapshot } = await backUp(connection, 'docs', tree);
  const pages = tree.pages as [Chunk, Chunk, Chunk, Chunk];
  for (const order of [[1], [0, 1, 3, 2], [0, 1, 2, 1], [0, 0]]) {
    const origin = new Origin(connection, 'docs');
    await origin.start();
    for (const page of order)
      await origin.stream.send({ t: 'page', id: (pages[page] as Chunk).id });
    await assert.rejects(nextOf(origin.stream, 'committed'), { code: 'protocol' });
  }
  const key = { user: 'mal', host: 'machine', set: 'docs' };
  assert.deepEqual(lab.catalog.latestSnapshot(key)?.id, snapshot);
});

test('bytes that are not what their id says', async (t) => {
  await failsAlone(t, 'damaged-chunk', async (origin, lab) => {
    const chunk = { id: chunkOf(noise(100, 1)).id, plain: noise(100, 2) };
    await origin.give('data', [chunk]);
    await nextOf(origin.stream, 'committed').finally(() =>
      assert.equal(lab.vault.has(chunk.id), false),
    );
  });
});

test('bytes that are not what their id says, found out while what came before is still being written', async (t) => {
  await failsAlone(t, 'damaged-chunk', async (origin, { vault, pool }) => {
    const append = vault.append.bind(vault);
    const run = t.mock.method(pool, 'run');
    const slow = t.mock.method(vault, 'append', async (record: SharedLease, bundle: Bundle) => {
      await until(() => run.mock.callCount() >= 2 && pool.pending === 0, 'both are checked');
      await append(record, bundle);
    });
    const good = chunkOf(noise(200_000, 1));
    const wrong = { id: chunkOf(noise(200_000, 2)).id, plain: noise(200_000, 3) };
    await origin.give('data', [good, wrong]);
    await nextOf(origin.stream, 'committed').finally(() => slow.mock.restore());
  });
});

test('a chunk that nobody asked for, and one of another length than offered', async (t) => {
  await failsAlone(t, 'protocol', (origin) =>
    origin.stream.sendBundle(bundleOf('data', smallTree().data)),
  );
  await failsAlone(t, 'protocol', async (origin) => {
    const chunk = chunkOf(noise(100, 1));
    await origin.stream.send({ t: 'offer', seq: 0, kind: 'data', ids: chunk.id, lengths: [1] });
    await origin.stream.sendBundle(bundleOf('data', [chunk]));
  });
});

test('a snapshot that is made up', async (t) => {
  await failsAlone(t, 'protocol', async (origin) => {
    const chunk = chunkOf(noise(100, 1));
    await origin.offer('data', [chunk]);
    await origin.stream.sendBundle(bundleOf('snapshot', [chunk]));
  });
});

test('an end without what was asked for aborts the run', async (t) => {
  const lab = await startLab(t);
  const origin = new Origin(await lab.login('mal'), 'docs');
  await origin.start();
  await origin.offer('data', smallTree().data);
  await origin.finish(smallTree());
  origin.stream.end();
  await assert.rejects(nextOf(origin.stream, 'committed'), { code: 'connection-lost' });
  assert.equal(lab.hub.status().hub.snapshots, 0);
});

test('a tree of nothing', async (t) => {
  await failsAlone(t, 'protocol', (origin) => origin.finish(smallTree()));
});

test('more in one offer than the window, and more offers than may be open', async (t) => {
  await failsAlone(t, 'too-large', async (origin) => {
    const ids = noise(32 * 9, 3);
    const lengths = Array.from({ length: 9 }, () => 4 * 1024 * 1024);
    await origin.stream.send({ t: 'offer', seq: 0, kind: 'data', ids, lengths });
  });
  await failsAlone(t, 'protocol', async (origin) => {
    const lengths = Array.from({ length: 8 }, () => 4 * 1024 * 1024);
    for (let seq = 0; seq < 40; seq++) {
      const ids = noise(32 * 8, seq);
      await origin.stream.send({ t: 'offer', seq, kind: 'data', ids, lengths });
    }
  });
});

test('a name of a set that could lead elsewhere is refused before anything is kept', async (t) => {
  const lab = await startLab(t);
  const origin = new Origin(await lab.login('mal'), '../up');
  await assert.rejects(origin.start(), { code: 'name-refused' });
  assert.equal(lab.catalog.sets().length, 0);
});

test('a destination that follows a hostile run is told, and nothing else', async (t) => {
  const lab = await startLab(t);
  const taker = new Taker(await lab.login('mal'), 'one');
  const origin = new Origin(await lab.login('mal'), 'docs');
  await origin.start();
  const stream = taker.follow(await taker.offered());
  await origin.sendTree(treeWith(pagesOf([entryOf('', 'dir'), entryOf('../evil', 'dir')])));
  const last = await taker.takeAll(stream, []);
  assert.equal(last.k === 'abort' && last.code, 'name-refused');
  assert.equal(taker.chunks.size, 0);
});
