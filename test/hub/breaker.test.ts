import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import type { HoldRule } from '../../src/hub/runs/hold-rule.ts';
import { isTooMuch } from '../../src/hub/runs/hold-rule.ts';
import type { Stream } from '../../src/transport/transport.ts';
import type { LogItem } from '../../src/wire/messages-follow.ts';
import { backUp, Origin, Taker } from './actors.ts';
import { nextOf, startLab, until } from './lab.ts';
import { noise, treeOf } from './trees.ts';
import type { Tree } from './trees.ts';

const FILES = 600;
const PER_PAGE = 10;

/** Of 600 small files those for which it is said have other contents. */
function treeWith(isChanged: (file: number) => boolean, files: number = FILES): Tree {
  const contents: Record<string, Uint8Array> = {};
  for (let i = 0; i < files; i++)
    contents[`file-${String(i).padStart(3, '0')}`] = noise(20, isChanged(i) ? i + 10_000 : i);
  return treeOf(contents, PER_PAGE);
}

const UNCHANGED = treeWith(() => false);

/** A hub, a destination that holds the first snapshot of 600 files, and a second run that has begun. */
async function secondRun(t: TestContext, hold?: HoldRule) {
  const lab = await startLab(t, hold === undefined ? {} : { hold });
  const taker = new Taker(await lab.login('ana'), 'nas');
  const first = await backUp(await lab.login('ana'), 'docs', UNCHANGED);
  await taker.take(UNCHANGED);
  const origin = new Origin(await lab.login('ana'), 'docs');
  await origin.start();
  const offer = await taker.offered();
  const stream = taker.follow(offer);
  return { lab, taker, origin, stream, first, offer };
}

/** What of the log can be read now: asked for until the hub has nothing more to say for the moment. */
class Reader {
  readonly #stream: Stream;
  readonly items: LogItem[] = [];

  constructor(stream: Stream) {
    this.#stream = stream;
    void this.#read();
  }

  async #read(): Promise<void> {
    while (this.items.at(-1)?.k !== 'abort' && this.items.at(-1)?.k !== 'commit') {
      await this.#stream.send({ t: 'next', from: this.items.length, most: 256 });
      this.items.push(...(await nextOf(this.#stream, 'log')).items);
    }
  }
}

/** Chunks that no tree of a test has. */
const EXTRA_SEED = 1_000_000;
let extras = 0;

/** All pages were looked at by the hub: whatever readers may have they have been offered. */
async function settled(origin: Origin, tree: Tree): Promise<void> {
  await origin.sendTree(tree);
  // An offer that is answered comes behind all pages.
  extras++;
  const extra = treeOf({ [`extra-${extras}`]: noise(30, EXTRA_SEED + extras) });
  await origin.give('data', extra.data);
}

test('the rule: more than the share and more than so many files', () => {
  const rule = { share: 0.5, files: 100 };
  const counts: [number, number, number, boolean][] = [
    [100, 0, 100, false],
    [101, 0, 101, true],
    [50, 51, 150, true],
    [500, 0, 1000, false],
    [500, 1, 1000, true],
    [0, 0, 0, false],
  ];
  for (const [changed, deleted, of, expected] of counts)
    assert.equal(
      isTooMuch({ changed, deleted, of }, rule),
      expected,
      `${changed} ${deleted} ${of}`,
    );
});

test('a run of few changes reaches destinations while it is under way', async (t) => {
  const { origin, stream } = await secondRun(t);
  const reader = new Reader(stream);
  const tree = treeWith((file) => file % 7 === 0);
  await settled(origin, tree);
  await until(() => reader.items.length === tree.pages.length, 'every page is read before the end');
  await origin.finish(tree);
  const committed = await nextOf(origin.stream, 'committed');
  assert.equal(committed.held, undefined);
  await until(() => reader.items.at(-1)?.k === 'commit', 'the commit');
});

test('what is too much at first waits, and goes on when it is not any more', async (t) => {
  const { origin, stream } = await secondRun(t);
  const reader = new Reader(stream);
  // Beyond 100 of 100 the pages wait; at 301 files 150 are less than the half.
  const tree = treeWith((file) => file < 150);
  const half = { ...tree, pages: tree.pages.slice(0, 20) };
  await settled(origin, half);
  await until(() => reader.items.length === 10, 'the first hundred changes');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(reader.items.length, 10, 'readers wait');
  await origin.give('page', tree.pages.slice(20));
  for (const { id } of tree.pages.slice(20)) await origin.stream.send({ t: 'page', id });
  await until(() => reader.items.length === tree.pages.length, 'all pages, before the end');
  await origin.finish(tree);
  assert.equal((await nextOf(origin.stream, 'committed')).held, undefined);
});

test('a run that is held back ends for destinations, and they are offered what they had', async (t) => {
  const { lab, taker, origin, stream, first, offer } = await secondRun(t);
  const reader = new Reader(stream);
  const tree = treeWith((file) => file >= 100, 550);
  await settled(origin, tree);
  await origin.finish(tree);
  const { snapshot, held } = await nextOf(origin.stream, 'committed');
  assert.deepEqual(held, { changed: 450, deleted: 50, of: FILES });
  await until(() => reader.items.at(-1)?.k === 'abort', 'the end of the log');
  const last = reader.items.at(-1);
  assert.equal(last?.k === 'abort' && last.code, 'held-back');
  const pages = reader.items.flatMap((item) => (item.k === 'page' ? [hex(item.id)] : []));
  assert.deepEqual(
    pages,
    tree.pages.slice(0, pages.length).map(({ id }) => hex(id)),
  );
  assert.ok(pages.length <= 21, `${pages.length} pages: at most 110 changed files were passed on`);

  const back = await taker.offered();
  assert.deepEqual([back.run, back.snapshot && hex(back.snapshot)], [null, hex(first.snapshot)]);
  assert.deepEqual(lab.catalog.latestReleased(offer)?.id, first.snapshot);
  const event = lab.events.find(({ code }) => code === 'held-back');
  assert.equal(event?.level, 'warn');

  origin.stream.end();
  await origin.stream.closed;
  // Nor does it get it by its id or as the run that it was.
  for (const more of [
    { run: null, snapshot },
    { run: offer.run, snapshot: null },
  ]) {
    const refused = taker.follow({ ...offer, ...more });
    await assert.rejects(refused.next(), { code: 'held-back' });
  }
  // Released in the catalog, by whichever process.
  lab.catalog.release(snapshot);
  const released = await taker.offered();
  assert.equal(released.snapshot && hex(released.snapshot), hex(snapshot));
});

test('the next run is compared with what is released, and one like that passes', async (t) => {
  const lab = await startLab(t);
  const all = treeWith(() => true);
  await backUp(await lab.login('ana'), 'docs', UNCHANGED);
  const runs = [all, all, UNCHANGED, treeWith((file) => file < 5)];
  const held: (number | undefined)[] = [];
  for (const tree of runs)
    held.push((await backUp(await lab.login('ana'), 'docs', tree)).held?.changed);
  assert.deepEqual(held, [FILES, FILES, undefined, undefined]);
  const rows = lab.catalog.snapshots({}, 10).rows;
  assert.deepEqual(
    rows.map(({ id }) => lab.catalog.countedFiles(id)),
    [FILES, FILES, FILES, FILES, FILES],
  );
});

test('what the origin says of its files counts for nothing', async (t) => {
  const lab = await startLab(t);
  const first = new Origin(await lab.login('ana'), 'docs');
  await first.start();
  await first.sendTree(UNCHANGED);
  await first.stream.send({ t: 'finish', files: 1_000_000, dirs: 1, bytes: 1, skipped: 0 });
  await nextOf(first.stream, 'committed');
  first.stream.end();
  await first.stream.closed;
  const { held } = await backUp(
    await lab.login('ana'),
    'docs',
    treeWith((file) => file < 301),
  );
  assert.deepEqual(held, { changed: 301, deleted: 0, of: FILES });
});
