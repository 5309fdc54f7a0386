import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { PageCheck } from '../../src/hub/page-check.ts';
import { encodeList } from '../../src/model/content.ts';
import { chunkOf, entryOf, noise, pagesOf, smallTree } from './trees.ts';
import type { Chunk } from './trees.ts';

/** A check over chunks in memory; what is in `coming` is not here yet. */
function checkOver(
  chunks: readonly Chunk[],
  trusted: readonly Chunk[] = [],
  coming: readonly Chunk[] = [],
) {
  const here = new Map(chunks.map(({ id, plain }) => [hex(id), plain]));
  const onTheWay = new Set(coming.map(({ id }) => hex(id)));
  const view = {
    plain: async (id: Uint8Array) => here.get(hex(id)),
    has: (id: Uint8Array) => here.has(hex(id)),
    isComing: (id: Uint8Array) => onTheWay.has(hex(id)),
  };
  const check = new PageCheck(
    view,
    trusted.map(({ id }) => id),
  );
  return { check, here };
}

async function pass(check: PageCheck, pages: readonly Chunk[]): Promise<void> {
  for (const { id } of pages) await check.page(id);
  await check.finish();
}

test('an unchanged tree is passed over without reading a page', async () => {
  const tree = smallTree(1, 40);
  const { check } = checkOver(tree.pages, tree.pages);
  await pass(check, tree.pages);
  assert.equal(check.readCount, 0);
});

test('around a changed page only that page and its neighbours are read', async () => {
  const tree = smallTree(1, 40);
  const entries = [entryOf('file-004', 'fifo'), entryOf('file-005', 'fifo')];
  const [changed] = pagesOf(entries) as [Chunk];
  const pages = tree.pages.with(1, changed).filter((_, i) => i !== 2);
  const { check } = checkOver([...tree.pages, changed], tree.pages);
  await pass(check, pages);
  assert.equal(check.readCount, 3, 'the page before, the changed one, the one behind');
});

test('an entry whose folder went with a left out page is found, deep in passed over pages', async () => {
  const pages = pagesOf(
    ['', 'a', 'a/b', 'a/b/c', 'a/b/c/d', 'e', 'e/f', 'e/f/g'].map((path) => entryOf(path, 'dir')),
    2,
  ) as [Chunk, Chunk, Chunk, Chunk];
  const whole = checkOver(pages, pages);
  await pass(whole.check, pages);
  const holed = checkOver(pages, pages);
  await assert.rejects(pass(holed.check, [pages[0], pages[1], pages[3]]), { code: 'protocol' });
  const inner = pagesOf([entryOf('a/b/c/x', 'dir'), entryOf('a/b/y', 'dir')])[0] as Chunk;
  const grown = checkOver([...pages, inner], pages);
  await assert.rejects(pass(grown.check, [pages[0], pages[1], inner, pages[2], pages[3]]), {
    code: 'protocol',
  });
  const fits = pagesOf([entryOf('a/b/c/x', 'dir'), entryOf('a/b/y', 'dir')])[0] as Chunk;
  const stands = checkOver([...pages, fits], pages);
  await pass(stands.check, [pages[0], pages[1], fits]);
});

test('lists are followed, also those that arrive only at the end', async () => {
  const data = chunkOf(noise(1000, 1));
  const list = chunkOf(encodeList({ depth: 0, refs: [{ id: data.id, bytes: 1000 }] }));
  const content = { depth: 1, refs: [{ id: list.id, bytes: 1000 }] };
  const pages = pagesOf([entryOf('', 'dir'), entryOf('film', 'file', content)]);
  const early = checkOver([...pages, list, data]);
  await pass(early.check, pages);
  const lacking = checkOver([...pages, list]);
  await assert.rejects(pass(lacking.check, pages), { code: 'missing-chunk' });
  const late = checkOver([...pages, data], [], [list]);
  await late.check.page((pages[0] as Chunk).id);
  late.here.set(hex(list.id), list.plain);
  await late.check.finish();
  const never = checkOver([...pages, data], [], [list]);
  await never.check.page((pages[0] as Chunk).id);
  await assert.rejects(never.check.finish(), { code: 'missing-chunk' });
});

test('a list that stands for another length than it holds is refused', async () => {
  const data = chunkOf(noise(1000, 1));
  const list = chunkOf(encodeList({ depth: 0, refs: [{ id: data.id, bytes: 1000 }] }));
  const content = { depth: 1, refs: [{ id: list.id, bytes: 5_000_000_000 }] };
  const pages = pagesOf([entryOf('', 'dir'), entryOf('film', 'file', content)]);
  await assert.rejects(pass(checkOver([...pages, list, data]).check, pages), { code: 'protocol' });
});
