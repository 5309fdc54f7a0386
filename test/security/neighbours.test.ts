import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { concatBytes, hex } from '../../src/base/bytes.ts';
import { openBundle } from '../../src/chunk/bundle-jobs.ts';
import type { ChunkKind } from '../../src/model/bundle.ts';
import type { Connection, Stream } from '../../src/transport/transport.ts';
import { backUp, Taker } from '../hub/actors.ts';
import { identityNumber, startLab } from '../hub/lab.ts';
import type { Lab } from '../hub/lab.ts';
import { noise, treeOf } from '../hub/trees.ts';
import type { Chunk, Tree } from '../hub/trees.ts';

/* Neighbours lie in one record. Who has one of ana's files too may have its chunk; never what lies beside it. */

/** A file that everybody may have, and a letter, in one record; and pages of which one is nearly all of theirs. */
function anasTree(): Tree {
  const contents: Record<string, Uint8Array> = { 'a-known-to-all': noise(50_000, 1) };
  contents['b-letter'] = noise(1000, 2);
  return treeOf(contents, 2);
}

async function scene(t: TestContext): Promise<{ lab: Lab; ana: Connection; tree: Tree }> {
  const lab = await startLab(t, { open: false });
  const ana = await enter(lab, 'ana', 2);
  const tree = anasTree();
  await backUp(ana, 'letters', tree);
  return { lab, ana, tree };
}

async function enter(
  lab: Lab,
  user: string,
  number: number,
  rights: 'member' | 'admin' = 'member',
): Promise<Connection> {
  const nowMs = Date.now();
  const wish = { user, rights, nowMs, expiresMs: nowMs + 60_000 };
  const invite = lab.catalog.createInvitation(wish);
  return await lab.login(user, { invite }, await identityNumber(number));
}

/** The ids in all bundles that answer a want. */
async function got(stream: Stream, kind: ChunkKind, ids: readonly Uint8Array[]): Promise<string[]> {
  const came = new Set<string>();
  await stream.send({ t: 'want', kind, ids: concatBytes(ids) });
  while (!ids.every((id) => came.has(hex(id)))) {
    const incoming = await stream.next();
    assert(incoming?.t === '#bundle', 'a bundle');
    const { chunks, plain } = openBundle(incoming.record.bytes);
    const total = chunks.lengths.reduce((sum, length) => sum + length, 0);
    const head = Math.min(...chunks.offsets);
    assert.equal(plain.length - head, total, 'nothing but chunks is in it');
    for (let at = 0; at < chunks.ids.length; at += 32)
      came.add(hex(chunks.ids.subarray(at, at + 32)));
    incoming.record.release();
  }
  return [...came];
}

const [KNOWN, LETTER] = anasTree().data as [Chunk, Chunk];
const PAGES = anasTree().pages as [Chunk, Chunk];

test('of a record of another user nothing goes out but what was wanted', async (t) => {
  const { lab } = await scene(t);
  const eva = await enter(lab, 'eva', 3);
  const read = eva.openStream({ t: 'read' });
  assert.deepEqual(await got(read, 'data', [KNOWN.id]), [hex(KNOWN.id)]);
  for (const page of PAGES) assert.deepEqual(await got(read, 'page', [page.id]), [hex(page.id)]);
});

test('nor on a transfer of a set of its own', async (t) => {
  const { lab } = await scene(t);
  const eva = await enter(lab, 'eva', 3);
  const mine = treeOf({ mine: noise(50_000, 1) });
  await backUp(eva, 'mine', mine);
  const taker = new Taker(eva, 'attic');
  const follow = taker.follow(await taker.offered());
  assert.deepEqual(await got(follow, 'data', [KNOWN.id]), [hex(KNOWN.id)]);
});

test('who may see all of a record gets it as it lies there', async (t) => {
  const { lab, ana } = await scene(t);
  const both = [hex(KNOWN.id), hex(LETTER.id)];
  // Alone at the hub: whatever lies in the vault is hers.
  assert.deepEqual(await got(ana.openStream({ t: 'read' }), 'data', [KNOWN.id]), both);
  await backUp(await enter(lab, 'eva', 3), 'mine', treeOf({ mine: noise(2000, 9) }));
  const admin = await enter(lab, 'root', 4, 'admin');
  assert.deepEqual(await got(admin.openStream({ t: 'read' }), 'data', [KNOWN.id]), both);
  assert.deepEqual(await got(ana.openStream({ t: 'read' }), 'data', [KNOWN.id]), [hex(KNOWN.id)]);
});
