import assert from 'node:assert/strict';
import { test } from 'node:test';

import { escapeName } from '../../src/base/names.ts';
import { backupLines, jsonBackup } from '../../src/cli/backup-result.ts';
import { outcomeOf, verifiedText } from '../../src/client/backup/outcome.ts';
import type { BackupTold } from '../../src/cli/backup-result.ts';
import { jsonPath } from '../../src/base/json-path.ts';
import { jsonProgress } from '../../src/cli/json-lines.ts';
import { PLAIN } from '../../src/cli/view/style.ts';
import type { BackupRequest, BackupResult } from '../../src/client/backup/request.ts';
import type { ScanSkipped } from '../../src/scan/protocol.ts';
import type { Copy, CopyState } from '../../src/wire/messages-backup.ts';

const REQUEST: BackupRequest = {
  source: Buffer.from('/home/anna/photos'),
  what: 'tree',
  set: 'photos',
  recursive: true,
  delete: true,
  copies: 3,
  waitMs: null,
  exclude: [],
  dryRun: false,
  listFiles: false,
};

function copiesIn(...states: CopyState[]): Copy[] {
  return states.map((state, i) => ({
    destination: '0'.repeat(32),
    name: `disk-${i + 1}`,
    state,
    bytes: 5,
    total: 9,
    file: Buffer.from('x'),
  }));
}

function skipped(path: string, code: ScanSkipped['code']): ScanSkipped {
  return {
    t: 'skipped',
    path: Buffer.from(path, 'latin1'),
    code,
    message: `'${escapeName(path)}' could not be read.`,
  };
}

function resultWith(changes: Partial<BackupResult>): BackupResult {
  return {
    snapshot: Buffer.alloc(32, 0xab),
    totals: { files: 12, dirs: 3, bytes: 4096, changed: 2, deleted: 1, skipped: 0 },
    sentChunks: 7,
    sentPlainBytes: 900,
    copies: copiesIn('verified', 'verified', 'verified'),
    skipped: [],
    hasCopies: true,
    held: null,
    ...changes,
  };
}

function told(
  result: BackupResult,
  request: BackupRequest = REQUEST,
  isInterrupted: boolean = false,
): BackupTold {
  const outcome = outcomeOf(result, request, isInterrupted);
  return {
    result,
    request,
    outcome,
    setName: 'anna@laptop:photos',
    sentBytes: 1234,
    seconds: 1.23456,
  };
}

test('done of a backup has exactly the fields of the contract', () => {
  assert.deepEqual(jsonBackup(told(resultWith({}))), {
    event: 'done',
    ok: true,
    snapshot: 'ab'.repeat(32),
    files: 12,
    dirs: 3,
    bytes: 4096,
    sentBytes: 1234,
    sentChunks: 7,
    changed: 2,
    deleted: 1,
    seconds: 1.235,
    copies: [1, 2, 3].map((n) => ({ name: `disk-${n}`, state: 'verified', bytes: 5 })),
    skipped: [],
  });
});

const STATUSES: readonly (readonly [string, Partial<BackupResult>, boolean, number, boolean])[] = [
  ['everything is done', {}, false, 0, true],
  ['a socket was left out', { skipped: [skipped('s', 'unsupported')] }, false, 0, true],
  [
    'a file could not be read',
    { skipped: [skipped('s', 'unsupported'), skipped('f', 'unreadable')] },
    false,
    3,
    true,
  ],
  [
    'a file changed while it was read',
    { skipped: [skipped('f', 'changed-while-read')] },
    false,
    3,
    true,
  ],
  [
    'copies are missing',
    { hasCopies: false, copies: copiesIn('verified', 'gone') },
    false,
    4,
    false,
  ],
  [
    'copies are missing and a file too',
    { hasCopies: false, skipped: [skipped('f', 'unreadable')] },
    false,
    4,
    false,
  ],
  ['it was interrupted while copies were missing', { hasCopies: false }, true, 130, false],
  ['it was interrupted when all was done', {}, true, 0, true],
];

for (const [what, changes, isInterrupted, status, isOk] of STATUSES) {
  test(`a backup ends with ${status} when ${what}`, () => {
    const all = told(resultWith(changes), REQUEST, isInterrupted);
    assert.equal(all.outcome.status, status);
    const done = jsonBackup(all) as Record<string, unknown>;
    assert.equal(done['ok'], isOk);
    assert.equal('code' in done, !isOk);
    assert.equal(done['snapshot'], 'ab'.repeat(32));
  });
}

test('people are told how many copies are verified, and by whom they are held', () => {
  const { lines, warnings } = backupLines(told(resultWith({})), PLAIN);
  assert.deepEqual(lines, [
    'Snapshot abababababab of anna@laptop:photos: 12 files, 3 folders, 4.00 KiB.',
    'Sent 1.21 KiB in 1.2 s: 2 files new or changed, 1 deleted.',
    'Copies verified: 3 of 3 (disk-1, disk-2, disk-3).',
  ]);
  assert.deepEqual(warnings, []);
  assert.equal(verifiedText(copiesIn('verified', 'receiving'), 3), '1 of 3 copies verified');
  assert.equal(
    verifiedText(copiesIn('verified', 'verified'), 1),
    '1 of 1 copies verified, and 1 more',
  );
});

test('of what was left out the first twenty are named, escaped, and then the number', () => {
  const list = Array.from({ length: 25 }, (_, i) => skipped(`f${i}\u001b[2J`, 'unreadable'));
  const { warnings } = backupLines(told(resultWith({ skipped: list })), PLAIN);
  assert.equal(warnings[0], "Left out: 'f0\\x1b[2J' could not be read.");
  assert.equal(warnings[19]?.startsWith("Left out: 'f19"), true);
  assert.equal(warnings[20], '… and 5 more; --json lists all.');
});

test('a dry run says what would be sent, and sends nothing', () => {
  const request = { ...REQUEST, dryRun: true };
  const all = told(resultWith({ snapshot: null, copies: [], hasCopies: false }), request);
  assert.equal(all.outcome.status, 0);
  const done = jsonBackup(all) as Record<string, unknown>;
  assert.deepEqual(
    [done['snapshot'], done['sentChunks'], done['plannedChunks'], done['plannedBytes']],
    [null, 0, 7, 900],
  );
  assert.match(backupLines(all, PLAIN).lines.join('\n'), /^Nothing was changed\./);
});

test('a name that is no UTF-8 has its bytes beside it in JSON', () => {
  assert.deepEqual(jsonPath(Buffer.from('café')), { path: 'café' });
  const bytes = Buffer.from('caf\u00e9', 'latin1');
  assert.deepEqual(jsonPath(bytes), { path: 'caf\ufffd', pathBytes: bytes.toString('base64') });
  assert.deepEqual(jsonPath(Buffer.from('\ufffd')), { path: '\ufffd' });
});

test('progress has exactly the fields of the contract', () => {
  const place = {
    phase: 'sending',
    file: Buffer.from('a'),
    fileBytes: 1,
    fileTotal: 2,
    bytes: 3,
    total: 4,
    files: 5,
    filesTotal: 6,
  };
  const expected = { event: 'progress', ...place, file: 'a', rate: 8 };
  assert.deepEqual(jsonProgress(place, 7.6), expected);
});
