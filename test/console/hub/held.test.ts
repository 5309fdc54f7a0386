import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex } from '../../../src/base/bytes.ts';
import type { CopyMatrix, HeldSnapshots, HubState } from '../../../src/console/api/hub-api.ts';
import { Taker, backUp } from '../../hub/actors.ts';
import { noise, treeOf } from '../../hub/trees.ts';
import type { Tree } from '../../hub/trees.ts';
import { startConsoleLab } from './console-lab.ts';

function treeOfRound(round: number): Tree {
  const files = Array.from({ length: 120 }, (_, i) => [
    `file-${String(i).padStart(3, '0')}`,
    noise(20, round * 1000 + i),
  ]);
  return treeOf(Object.fromEntries(files) as Record<string, Uint8Array>, 50);
}

test('what is held back is listed until it is released there, or overtaken', async (t) => {
  const { lab, signedIn } = await startConsoleLab(t);
  const browser = await signedIn();
  const taker = new Taker(await lab.login('ana'), 'nas');
  const first = treeOfRound(1);
  await backUp(await lab.login('ana'), 'docs', first);
  await taker.take(first);
  const heldNow = async (): Promise<HeldSnapshots['snapshots']> =>
    (await browser.read<HeldSnapshots>('/api/held')).snapshots;
  const quiet = await browser.read<HubState>('/api/state');
  assert.deepEqual([quiet.held, await heldNow()], [0, []]);

  const numbers = { changed: 120, deleted: 0, of: 120 };
  const second = await backUp(await lab.login('ana'), 'docs', treeOfRound(2));
  const third = await backUp(await lab.login('ana'), 'docs', treeOfRound(3));
  const state = await browser.read<HubState>('/api/state');
  assert.equal(state.held, 2);
  assert.ok(state.historyVersion > quiet.historyVersion);
  assert.deepEqual(
    (await heldNow()).map(({ id, held }) => [id, held]),
    [third, second].map(({ snapshot }) => [hex(snapshot), numbers]),
  );
  const { sets, copies } = await browser.read<CopyMatrix>('/api/copies');
  assert.deepEqual([sets[0]?.latest?.held, sets[0]?.warning, copies[0]?.behind], [true, null, 0]);

  // Of the older one nothing is left to be done once the newer one is out.
  const path = `/api/snapshots/${hex(third.snapshot)}/release`;
  assert.equal((await browser.post(path, {})).status, 200);
  assert.deepEqual(await heldNow(), []);
  assert.equal((await browser.read<HubState>('/api/state')).held, 0);
  const matrix = await browser.read<CopyMatrix>('/api/copies');
  assert.deepEqual([matrix.sets[0]?.latest?.held, matrix.copies[0]?.behind], [false, 1]);
  assert.ok(lab.events.some(({ event }) => event === 'released'));
});
