import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';

import { tempFolder } from '../../vault/temp-folder.ts';
import { runCrowd } from './crowd.ts';
import { History } from './history.ts';

const SEED = 20_261_121;

test('five machines do random things while the hub is killed and ended: what was committed is there, and is right', async () => {
  const dir = tempFolder();
  const history = new History(join(dir, 'history.log'));
  const figures = await runCrowd({
    dir: join(dir, 'crowd'),
    seed: SEED,
    clients: 5,
    mostSets: 1,
    minutes: 10,
    acts: 26,
    quietEveryActs: 26,
    hubEndsEveryActs: 9,
    calmShare: 0,
    finalSample: 0,
    history,
  });
  assert.deepEqual(history.faults, [], figures);
  assert((history.counts.get('copies compared') ?? 0) + (history.counts.get('-rd ok') ?? 0) > 0);
});
