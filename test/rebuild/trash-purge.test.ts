import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { isOver, purgeTrash } from '../../src/rebuild/trash-purge.ts';
import { trashName, trashTimeMs } from '../../src/rebuild/trash-names.ts';

const SET = 'ab'.repeat(16);
const DAY = 24 * 3600 * 1000;
const NOW = Date.UTC(2026, 10, 21);
const YEAR = 365 * DAY;

test('a name tells its time to the second, and no other name tells any', () => {
  assert.equal(trashName(Date.UTC(2026, 10, 21, 9, 5, 7, 800), SET), `20261121T090507Z-${SET}`);
  for (const ms of [0, NOW, -5, Number.MAX_SAFE_INTEGER])
    assert.notEqual(trashTimeMs(trashName(ms, SET)), null, `${ms}`);
  assert.equal(trashTimeMs(trashName(NOW, SET)), NOW);
  assert.equal(trashTimeMs(`${trashName(NOW, SET)}-12`), NOW);
  for (const name of [
    '',
    '.',
    'x',
    `${trashName(NOW, SET)}-`,
    `${trashName(NOW, SET)}/..`,
    `20261121-${SET}`,
  ])
    assert.equal(trashTimeMs(name), null, name);
});

test('what was deleted goes after its time by both clocks, and not by one that jumps', () => {
  const keepMs = 7 * DAY;
  const age = (days: number): [string, number] => [
    trashName(NOW - days * DAY, SET),
    NOW - days * DAY,
  ];
  const at = (hubMs: number, ownMs: number, days: number): boolean =>
    isOver(...age(days), { hubMs, ownMs, keepMs });
  assert.equal(at(NOW, NOW, 8), true);
  assert.equal(at(NOW, NOW, 6), false);
  assert.equal(at(NOW, NOW + YEAR, 6), false, 'the own clock jumps ahead');
  assert.equal(at(NOW + YEAR, NOW, 6), false, "the hub's clock jumps ahead");
  assert.equal(at(NOW - YEAR, NOW, 8), false, "the hub's clock goes back");
  assert.equal(at(NOW, NOW - YEAR, 8), false, 'the own clock goes back');
  assert.equal(isOver('mine', 0, { hubMs: NOW, ownMs: NOW, keepMs: 0 }), false);
  assert.equal(isOver(trashName(NOW, SET), NOW, { hubMs: NOW, ownMs: NOW, keepMs: 0 }), true);
});

function trashWith(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), 'purge-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, 'trash'));
  return home;
}

test('old folders are removed with all that is in them, and nothing outside through links', async (t) => {
  const home = trashWith(t);
  const outside = join(home, 'outside');
  mkdirSync(join(outside, 'folder'), { recursive: true });
  writeFileSync(join(outside, 'file'), 'stays');
  const [old, fresh] = [trashName(NOW - 9 * DAY, SET), trashName(NOW - DAY, SET)];
  const link = trashName(NOW - 10 * DAY, SET);
  for (const name of [old, fresh, 'mine']) {
    const folder = join(home, 'trash', name);
    mkdirSync(join(folder, 'a\n/..b/c'), { recursive: true });
    for (let i = 0; i < 600; i++) writeFileSync(join(folder, 'a\n', `file-${i}`), '');
    symlinkSync(outside, join(folder, 'link'));
    symlinkSync(join(outside, 'file'), join(folder, 'a\n/..b/link'));
  }
  symlinkSync(outside, join(home, 'trash', link));
  for (const name of [old, fresh, 'mine']) {
    const then = new Date(NOW - 9 * DAY);
    utimesSync(join(home, 'trash', name), then, then);
  }
  await purgeTrash({ home, hubMs: NOW, ownMs: NOW, keepMs: 7 * DAY });
  assert.deepEqual(readdirSync(join(home, 'trash')).toSorted(), [link, fresh, 'mine'].toSorted());
  assert.deepEqual(readdirSync(outside).toSorted(), ['file', 'folder']);
});

test('without a trash there is nothing to do', async (t) => {
  const home = trashWith(t);
  rmSync(join(home, 'trash'), { recursive: true });
  await purgeTrash({ home, hubMs: NOW, ownMs: NOW, keepMs: 0 });
  assert.deepEqual(readdirSync(home), []);
});
