import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CopyMatrix, VaultReport } from '../../src/console/api/hub-api.ts';
import { columnsOf, copyTable } from '../../web/src/hub/copies/copy-table.ts';
import { passwordStrength } from '../../web/src/hub/front/password-strength.ts';
import { outlook, thinned } from '../../web/src/hub/vault/growth.ts';

const DAY_MS = 86_400_000;

function reportOf(days: number, bytesADay: number, freeBytes: number): VaultReport {
  const history = Array.from({ length: days * 4 + 1 }, (_, index) => {
    const storedBytes = 1_000_000 + Math.round((index / 4) * bytesADay);
    return { timeMs: (index * DAY_MS) / 4, storedBytes, plainBytes: storedBytes };
  });
  const sizes = { storedBytes: 0, plainBytes: 0, standsForBytes: 0, records: 0, snapshots: 0 };
  return { ...sizes, freeBytes, totalBytes: freeBytes, history };
}

test('days left follow from steady growth', () => {
  assert.deepEqual(outlook(reportOf(20, 1000, 50_500)), { kind: 'days', days: 50 });
});

test('nothing is said of days left after a few hours, without growth, or of years to come', () => {
  assert.equal(outlook(reportOf(1, 1000, 50_000)).kind, 'unknown');
  assert.equal(outlook(reportOf(0, 0, 50_000)).kind, 'unknown');
  assert.equal(outlook(reportOf(20, -1000, 50_000)).kind, 'shrinking');
  assert.equal(outlook(reportOf(20, 0, 50_000)).kind, 'shrinking');
  assert.equal(outlook(reportOf(20, 1, 50_000)).kind, 'many');
});

test('only the last 30 days count for the days left', () => {
  const before = reportOf(40, 1_000_000, 0).history;
  const since = reportOf(31, 1000, 0).history.map((sample) => ({
    ...sample,
    timeMs: sample.timeMs + 41 * DAY_MS,
    storedBytes: sample.storedBytes + 50_000_000,
  }));
  const report = { ...reportOf(0, 0, 50_500), history: [...before, ...since] };
  assert.deepEqual(outlook(report), { kind: 'days', days: 50 });
});

test('a thinned history keeps its ends', () => {
  const { history } = reportOf(30, 1000, 0);
  const thin = thinned(history, 10);
  assert.equal(thin.length, 10);
  assert.equal(thin[0], history[0]);
  assert.equal(thin.at(-1), history.at(-1));
  assert.deepEqual(thinned(history.slice(0, 3), 10), history.slice(0, 3));
});

test('passwords are told apart by how hard they are to guess', () => {
  assert.equal(passwordStrength(''), 'none');
  assert.equal(passwordStrength('a1B$xyz'), 'short');
  for (const weak of ['aaaaaaaaaaaaaaaa', 'password1234', '12345678', 'abcdefghijkl']) {
    assert.equal(passwordStrength(weak), 'weak', weak);
  }
  for (const good of ['correct horse battery staple', 'kX9#vq2!Lm4$Tz7&']) {
    assert.equal(passwordStrength(good), 'good', good);
  }
});

const setOf = (set: string, warning: CopyMatrix['sets'][number]['warning']) => ({
  key: { user: 'ana', host: 'laptop', set },
  latest: null,
  snapshots: 0,
  asked: 1,
  verified: 0,
  warning,
});
const destinationOf = (name: string, connected: boolean) => ({
  id: name,
  name,
  user: 'ana',
  connected,
  lastSeenMs: 0,
});
const MATRIX: CopyMatrix = {
  sets: [setOf('Good', null), setOf('Few', 'too-few'), setOf('Bare', 'none')],
  destinations: [
    destinationOf('nas', true),
    destinationOf('shed', false),
    destinationOf('old', false),
  ],
  copies: [
    {
      set: 1,
      destination: 1,
      snapshot: '',
      snapshotTimeMs: 0,
      behind: 1,
      verifiedMs: 0,
      provenMs: null,
      signed: false,
      bytes: 0,
    },
  ],
};

test('backups that lack copies come first in the matrix', () => {
  const { rows } = copyTable(MATRIX, { text: '', onlyWarnings: false });
  assert.deepEqual(
    rows.map(({ set }) => set.key.set),
    ['Bare', 'Few', 'Good'],
  );
  assert.equal(rows[1]?.held.get(1)?.behind, 1);
});

test('the filter finds names of any case, and warnings alone', () => {
  const names = (text: string, onlyWarnings: boolean) =>
    copyTable(MATRIX, { text, onlyWarnings }).rows.map(({ set }) => set.key.set);
  assert.deepEqual(names(' gOOd ', false), ['Good']);
  assert.deepEqual(names('LAPTOP', true), ['Bare', 'Few']);
  assert.deepEqual(names('nobody', false), []);
});

test('columns are the destinations that hold something of the rows, and those that are there', () => {
  const places = (text: string) =>
    columnsOf(MATRIX, copyTable(MATRIX, { text, onlyWarnings: false }).rows).map(
      ({ destination }) => destination.name,
    );
  assert.deepEqual(places(''), ['nas', 'shed']);
  assert.deepEqual(places('Good'), ['nas']);
});
