import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { test } from 'node:test';

import { KINDS } from '../torture/kill/aims.ts';
import { kill } from '../torture/kill/kill-all.ts';
import { roomyFolder } from './data.ts';

const SEED = 1_121;
const ROOM_BYTES = 2 ** 28;

test('programs of every kind are killed at their steps and anywhere: nothing that was said is ever untrue', async () => {
  const dir = mkdtempSync(`${roomyFolder(ROOM_BYTES)}/rbbackup-e2e-`);
  const said: string[] = [];
  const tally = await kill(
    { dir, seed: SEED, kinds: KINDS, kills: 12, minutes: 3, worlds: 2 },
    (line) => said.push(line),
  );
  assert.deepEqual(tally.faults, [], said.join('\n'));
  assert(tally.kills >= 12);
  rmSync(dir, { recursive: true });
});
