import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { Memory } from '../../src/client/backup/memory.ts';
import { tempFolder } from '../vault/temp-folder.ts';

const KEY = { user: 'ana', host: 'laptop', set: 'docs' };

test('a run whose file was left behind is in the way of no other run of the same program', async () => {
  const folder = tempFolder();
  const open = async (): Promise<Memory> => await Memory.open(folder, 'f'.repeat(64), KEY);
  const broken = (await open()).scratchPath('base');
  writeFileSync(broken, 'half');
  assert.notEqual((await open()).scratchPath('base'), broken);
});
