import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { test } from 'node:test';

import { noDisk } from '../torture/power/disk.ts';
import { powerCuts } from '../torture/power/power-cuts.ts';
import { roomyFolder } from './data.ts';

const SEED = 1_121;
const ROOM_BYTES = 2 ** 28;
const parent = roomyFolder(ROOM_BYTES);

test(
  'the power is cut at the hub and at a destination: what was told as committed or verified is there',
  { skip: noDisk(parent) },
  async () => {
    const dir = mkdtempSync(`${parent}/rbbackup-e2e-`);
    const said: string[] = [];
    const limits = { cuts: 4, minutes: 3, roundsOfAWorld: 1 };
    const sums = await powerCuts(dir, SEED, limits, (line) => said.push(line));
    assert.deepEqual(sums.faults, [], said.join('\n'));
    assert(sums.hubCuts > 0 && sums.destinationCuts > 0);
    rmSync(dir, { recursive: true });
  },
);
