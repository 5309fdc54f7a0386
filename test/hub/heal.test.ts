import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { askToHeal, healAnswer } from '../../src/catalog/heal-request.ts';
import type { HealAnswer } from '../../src/catalog/heal-request.ts';
import { splitIds } from '../../src/hub/runs/chunk-key.ts';
import type { ChunkKind } from '../../src/model/bundle.ts';
import { ManualClock } from '../manual-clock.ts';
import { Taker, backUp, bundleOf } from './actors.ts';
import { nextOf, startLab, until } from './lab.ts';
import type { Lab } from './lab.ts';
import { chunkOf, noise, treeOf } from './trees.ts';
import type { Chunk, Tree } from './trees.ts';

type Scene = {
  readonly lab: Lab;
  readonly clock: ManualClock;
  readonly tree: Tree;
  readonly snapshot: Uint8Array;
};

async function scene(t: TestContext): Promise<Scene> {
  const clock = new ManualClock(Date.now());
  const lab = await startLab(t, { clock });
  const tree = treeOf({ a: noise(9000, 1), b: noise(9000, 2), c: noise(9000, 3), d: noise(50, 4) });
  const { snapshot } = await backUp(await lab.login('ana'), 'docs', tree);
  return { lab, clock, tree, snapshot };
}

/** Loses the records that hold these. */
async function lose({ vault }: Lab, chunks: readonly Chunk[]): Promise<void> {
  for (const { id } of chunks) {
    const place = vault.find(id);
    if (place !== undefined) await vault.forget(place);
  }
}

/** Asks as another process does. */
async function heal({ lab, clock }: Scene): Promise<HealAnswer> {
  const request = randomUUID();
  askToHeal(lab.catalog, request, []);
  clock.advance(2000);
  await until(() => healAnswer(lab.catalog, request) !== null, 'the answer of the healer');
  return healAnswer(lab.catalog, request) ?? assert.fail('no answer');
}

/** A destination that holds some chunks, and answers as it is told. */
class Holder extends Taker {
  readonly asked: string[] = [];

  static async join(lab: Lab, name: string, user: string = 'ana'): Promise<Holder> {
    const holder = new Holder(await lab.login(user), name, { answers: true });
    await until(() => lab.hub.destinations().has(hex(holder.id)), 'it is here');
    return holder;
  }

  /** Answers until the stream ends. @returns why it ended, if it was failed */
  async answer(
    say: (kind: ChunkKind, ids: readonly Uint8Array[]) => Promise<void>,
  ): Promise<unknown> {
    try {
      for (;;) {
        const want = await nextOf(this.standing, 'want');
        if (!('ids' in want)) continue;
        const ids = splitIds(want.ids);
        this.asked.push(...ids.map(hex));
        await say(want.kind, ids);
      }
    } catch (error) {
      return error;
    }
  }

  /** Gives what it has, and says what it lacks. */
  async give(all: readonly Chunk[]): Promise<unknown> {
    return await this.answer(async (kind, ids) => {
      for (const id of ids) {
        const chunk = all.find((one) => hex(one.id) === hex(id));
        if (chunk === undefined) await this.standing.send({ t: 'lacking', ids: id });
        else await this.standing.sendBundle(bundleOf(kind, [chunk]));
      }
    });
  }
}

function isDamaged({ lab, snapshot }: Scene): boolean | undefined {
  return lab.catalog.snapshot(snapshot)?.damaged;
}

test('what is lacking is fetched from a destination that holds it, and all is as before', async (t) => {
  const all = await scene(t);
  const { lab, tree } = all;
  await lose(lab, [...tree.data, ...tree.pages]);
  const holder = await Holder.join(lab, 'attic');
  void holder.give([...tree.data, ...tree.pages]);
  const { healedChunks, from } = await heal(all);
  assert.deepEqual([healedChunks, from], [tree.data.length + tree.pages.length, ['attic']]);
  for (const { id } of [...tree.data, ...tree.pages]) assert.ok(lab.vault.has(id));
  assert.equal(isDamaged(all), false);
  assert.equal(lab.catalog.lackingCount(), 0);
});

test('wrong bytes, and chunks that were not asked for, go nowhere; another destination heals', async (t) => {
  const all = await scene(t);
  const { lab, tree } = all;
  await lose(lab, tree.data);
  const liar = await Holder.join(lab, 'liar');
  const lied = liar.answer(async (kind, ids) => {
    const plain = noise(9000, 77);
    await liar.standing.sendBundle(bundleOf(kind, [{ id: ids[0] as Uint8Array, plain }]));
  });
  assert.equal((await heal(all)).healedChunks, 0);
  assert.match(String(await lied), /does not match its id/);
  const pusher = await Holder.join(lab, 'pusher');
  const extra = chunkOf(noise(500, 78));
  const pushed = pusher.answer(async (kind) => {
    await pusher.standing.sendBundle(bundleOf(kind, [extra]));
  });
  assert.equal((await heal(all)).healedChunks, 0);
  assert.match(String(await pushed), /was not asked for/);
  const swapper = await Holder.join(lab, 'swapper');
  const swapped = swapper.answer(async (_, ids) => {
    const chunk = tree.data.find(({ id }) => hex(id) === hex(ids[0] as Uint8Array)) as Chunk;
    await swapper.standing.sendBundle(bundleOf('snapshot', [chunk]));
  });
  assert.equal((await heal(all)).healedChunks, 0);
  assert.match(String(await swapped), /was not asked for/);
  assert.equal(lab.vault.has(extra.id), false);
  for (const { id } of tree.data) assert.equal(lab.vault.has(id), false);
  assert.equal(isDamaged(all), true);

  const honest = await Holder.join(lab, 'honest');
  void honest.give(tree.data);
  assert.deepEqual(await heal(all), { healedChunks: tree.data.length, from: ['honest'] });
  assert.equal(isDamaged(all), false);
});

test("a destination of another user's is not asked, and learns no id", async (t) => {
  const all = await scene(t);
  const { lab, tree } = all;
  await lose(lab, tree.data);
  const other = await Holder.join(lab, 'other', 'eva');
  void other.give(tree.data);
  assert.equal((await heal(all)).healedChunks, 0);
  assert.deepEqual(other.asked, []);
  assert.equal(lab.catalog.lackingCount(), tree.data.length);
});

test('what nobody has is told by its path, once; what an origin sends again counts as healed', async (t) => {
  const all = await scene(t);
  const { lab, clock, tree } = all;
  const lost = tree.data.slice(1, 2);
  await lose(lab, tree.data);
  const holder = await Holder.join(lab, 'attic');
  void holder.give(tree.data.filter((chunk) => !lost.includes(chunk)));
  assert.equal((await heal(all)).healedChunks, tree.data.length - 1);
  const told = (): string[] =>
    lab.events.filter(({ event }) => event === 'lost').map(({ message }) => message);
  assert.equal(told().length, 2);
  assert.match(told()[0] ?? '', /^ana@machine:docs [0-9a-f]{12}: b: a piece is missing\.$/);
  await heal(all);
  assert.equal(told().length, 2);
  assert.equal(isDamaged(all), true);

  await backUp(await lab.login('ana'), 'docs', tree);
  clock.advance(5000);
  await until(() => lab.catalog.lackingCount() === 0, 'nothing is lacking');
  assert.equal(isDamaged(all), false);
});

test('damage that comes to light while reading is healed by itself when a destination comes', async (t) => {
  const all = await scene(t);
  const { lab, clock, tree } = all;
  await lose(lab, tree.pages);
  await heal(all);
  assert.equal(isDamaged(all), true);
  const holder = await Holder.join(lab, 'late');
  void holder.give([...tree.data, ...tree.pages]);
  clock.advance(2000);
  await until(() => lab.catalog.lackingCount() === 0, 'nothing is lacking');
  await until(() => isDamaged(all) === false, 'the snapshot is whole');
});
