import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { blake3 } from '../../src/base/hash.ts';
import { leaseCopy } from '../../src/base/shared-arena.ts';
import { SnapshotRecord } from '../../src/client/receive/snapshot-record.ts';
import { encodeSnapshot } from '../../src/model/snapshot.ts';
import type { Stream } from '../../src/transport/transport.ts';
import type { LogItem } from '../../src/wire/messages-follow.ts';
import { KEY, idOf, snapshotOf } from '../conformance/catalog-cases.ts';
import { recordOf } from '../vault/records.ts';

const PAGES = [idOf(1), idOf(2), idOf(3)];
const silent = { send: () => Promise.resolve() } as unknown as Stream;

/** What keeping comes to, when the log names some pages and the hub sends a record of others. */
async function kept(
  logged: readonly Uint8Array[],
  recorded: readonly Uint8Array[],
  user: string = KEY.user,
): Promise<string> {
  const plain = encodeSnapshot({ ...snapshotOf({ ...KEY, user }, 10), pages: recorded });
  const record = new SnapshotRecord(KEY);
  const items: LogItem[] = logged.map((id) => ({ k: 'page', id }));
  record.items([...items, { k: 'commit', snapshot: blake3(plain) }], silent);
  record.take(leaseCopy(recordOf([plain], 'snapshot').record));
  const folder = await mkdtemp(join(tmpdir(), 'rbbackup-test-'));
  try {
    await record.keep(folder);
    assert.deepEqual(new Uint8Array(await readFile(join(folder, 'snapshot'))), plain);
    return 'kept';
  } catch (error) {
    if (!isRbError(error)) throw error;
    return error.code;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the record of a snapshot is kept if it names the pages of the log, and this set', async () => {
  assert.equal(await kept(PAGES, PAGES), 'kept');
});

test('a record that names other pages, or in another order, or another set, is refused', async () => {
  assert.equal(await kept(PAGES.slice(1), PAGES), 'protocol');
  assert.equal(await kept(PAGES, PAGES.slice(1)), 'protocol');
  assert.equal(await kept(PAGES.toReversed(), PAGES), 'protocol');
  assert.equal(await kept(PAGES, PAGES, 'eva'), 'protocol');
});

test('another record than that of the commit is refused, and so is none', async () => {
  const plain = encodeSnapshot({ ...snapshotOf(KEY, 10), pages: PAGES });
  const other = new SnapshotRecord(KEY);
  const items: LogItem[] = PAGES.map((id) => ({ k: 'page', id }));
  other.items([...items, { k: 'commit', snapshot: idOf(9) }], silent);
  other.take(leaseCopy(recordOf([plain], 'snapshot').record));
  await assert.rejects(other.keep(tmpdir()), (error) => isRbError(error, 'protocol'));
  const none = new SnapshotRecord(KEY);
  none.items([{ k: 'commit', snapshot: idOf(9) }], silent);
  none.lacking(new Uint8Array([...idOf(8), ...idOf(9)]));
  await assert.rejects(none.keep(tmpdir()), (error) => isRbError(error, 'missing-chunk'));
});
