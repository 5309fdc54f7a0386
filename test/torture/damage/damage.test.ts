import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { tempFolder } from '../../vault/temp-folder.ts';
import { EXPECTED, expectedOf } from './expected.ts';
import { DAMAGES } from './inflict.ts';
import { CELLS, tryCell } from './trials.ts';
import { Theatre } from './theatre.ts';

const SEED = 20_261_121;
/** One of each kind of trial; all of them by `npm run torture -- damage`. */
const SHORT = [
  ['page record, open pack', 'emptied'],
  ['log of the catalog', 'cut'],
  ["state of a destination's set", 'flipped'],
  ['memory of an origin', 'flipped'],
] as const;

test('damage loses nothing unsaid, hands out nothing wrong, and is mended by the next backup', async () => {
  await using theatre = new Theatre(join(tempFolder(), 'theatre'));
  for (const [kind, how] of SHORT) {
    const { fault } = await tryCell(theatre, { kind, how }, SEED);
    assert.equal(fault, null, `${kind}, ${how}`);
  }
});

test('each kind of thing has its line of what may come of damage to it', () => {
  assert.deepEqual(
    Object.keys(EXPECTED).toSorted(),
    [...new Set(CELLS.map(({ kind }) => kind))].toSorted(),
  );
  for (const { kind } of CELLS) for (const how of DAMAGES) assert(expectedOf(kind, how).length > 0);
});
