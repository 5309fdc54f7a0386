import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { hex } from '../../../src/base/bytes.ts';
import { RbError } from '../../../src/base/errors.ts';
import { noteScrub } from '../../../src/catalog/scrub-state.ts';
import type { VaultCare } from '../../../src/console/api/care-api.ts';
import type { HubState } from '../../../src/console/api/hub-api.ts';
import { OwnCheck } from '../../../src/console/hub/own-check.ts';
import type { TellCheck } from '../../../src/hub/check-stream.ts';
import { splitIds } from '../../../src/hub/runs/chunk-key.ts';
import { Taker, backUp, bundleOf } from '../../hub/actors.ts';
import { nextOf, until } from '../../hub/lab.ts';
import { noise, treeOf } from '../../hub/trees.ts';
import type { Chunk } from '../../hub/trees.ts';
import { startConsoleLab } from './console-lab.ts';
import type { Browser, ConsoleLab } from './console-lab.ts';

const TREE = treeOf({ a: noise(9000, 1), b: noise(9000, 2), c: noise(50, 3) });

type Scene = ConsoleLab & { readonly browser: Browser; readonly snapshot: string };

/** A hub with one snapshot, of which the vault has lost all content. */
async function damaged(t: TestContext): Promise<Scene> {
  const all = await startConsoleLab(t);
  const { snapshot } = await backUp(await all.lab.login('ana'), 'docs', TREE);
  const { vault } = all.lab;
  for (const { id } of TREE.data) {
    const place = vault.find(id);
    if (place !== undefined) await vault.forget(place);
  }
  return { ...all, browser: await all.signedIn(), snapshot: hex(snapshot) };
}

const careOf = async (browser: Browser): Promise<VaultCare> =>
  await browser.read<VaultCare>('/api/check');

/** Checks from the console, to its end. */
async function check(browser: Browser): Promise<VaultCare> {
  assert.equal((await browser.post('/api/check', {})).status, 200);
  let care = await careOf(browser);
  for (let looks = 0; care.progress !== null && looks < 1000; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    care = await careOf(browser);
  }
  return care;
}

/** A destination that holds these chunks, and gives them when it is asked. */
async function holds({ lab }: ConsoleLab, name: string, chunks: readonly Chunk[]): Promise<void> {
  const holder = new Taker(await lab.login('ana'), name, { answers: true });
  await until(() => lab.hub.destinations().has(hex(holder.id)), 'it is here');
  const give = async (): Promise<void> => {
    for (;;) {
      const want = await nextOf(holder.standing, 'want');
      if (!('ids' in want)) continue;
      for (const id of splitIds(want.ids)) {
        const chunk = chunks.find((one) => hex(one.id) === hex(id));
        if (chunk === undefined) await holder.standing.send({ t: 'lacking', ids: id });
        else await holder.standing.sendBundle(bundleOf(want.kind, [chunk]));
      }
    }
  };
  give().catch(() => undefined);
}

test('damage is named by the snapshots that have it, and healed when a destination holds what is lacking', async (t) => {
  const all = await damaged(t);
  const { browser, lab, snapshot } = all;
  const before = await browser.read<HubState>('/api/state');
  const alone = await check(browser);
  assert.deepEqual([alone.lastCheck?.ok, alone.lastCheck?.readData], [false, true]);
  assert.equal(alone.lackingChunks, TREE.data.length);
  const { timeMs = 0 } = lab.catalog.snapshots({}, 1).rows[0] ?? {};
  const key = { user: 'ana', host: 'machine', set: 'docs' };
  const { outcome } = alone;
  assert.deepEqual(
    [outcome?.damagedTotal, outcome?.damaged, outcome?.healedChunks, outcome?.problem],
    [1, [{ id: snapshot, key, timeMs, problems: 3 }], 0, null],
  );
  const after = await browser.read<HubState>('/api/state');
  assert.ok(after.careVersion > before.careVersion, 'the page is told to ask again');

  await holds(all, 'attic', TREE.data);
  const healed = await check(browser);
  assert.equal(healed.lastCheck?.ok, true);
  assert.deepEqual([healed.lackingChunks, healed.isHealing, healed.isChecking], [0, false, false]);
  assert.deepEqual(
    [healed.outcome?.healedChunks, healed.outcome?.from, healed.outcome?.damaged],
    [TREE.data.length, ['attic'], []],
  );
  for (const { id } of TREE.data) assert.ok(lab.vault.has(id));
});

test('there is one check at a time, wherever it was begun, and it can be broken off', async (t) => {
  const { lab, options } = await startConsoleLab(t);
  const care = { lackingChunks: 0, isHealing: false, isChecking: false };
  const endless = (_tell: TellCheck, signal: AbortSignal): Promise<void> =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(new RbError('interrupted', 'It was ended.'))),
    );
  const own = new OwnCheck({ ...options, catalog: lab.catalog, hub: { care, check: endless } });
  own.stop();
  own.start();
  assert.throws(() => own.start(), { code: 'busy' });
  assert.equal(own.progress?.readBytes, 0);
  await own.close();
  assert.deepEqual([own.progress, own.outcome?.problem?.code], [null, 'interrupted']);
  assert.equal(options.events.count, 0, 'who breaks it off needs no line in the log');
  care.isChecking = true;
  assert.throws(() => own.start(), { code: 'busy' });
  assert.equal(own.outcome?.problem?.code, 'interrupted', 'what came of the last one stays');
});

test('the reading in the background is told, and how far it is', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  assert.equal((await careOf(browser)).scrub, null);
  const round = { startedMs: 5, endedMs: null, doneBytes: 10, damagedRecords: 1 };
  noteScrub(lab.catalog, { ...round, at: { pack: 'p', offset: 3 } });
  const { storedBytes } = lab.vault.stats();
  assert.deepEqual((await careOf(browser)).scrub, { ...round, totalBytes: storedBytes });
});
