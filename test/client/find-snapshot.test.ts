import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { findSnapshot } from '../../src/client/browse/snapshots.ts';
import type { HubSession } from '../../src/client/session.ts';
import type { SnapshotRow } from '../../src/wire/messages-ask.ts';

/** A login at a hub that has snapshots of these ids, in two messages. */
function sessionWith(ids: readonly string[]): HubSession {
  const list = ids.map(
    (id) => ({ id: Buffer.from(id.padEnd(64, '0'), 'hex') }) as unknown as SnapshotRow,
  );
  const openStream = (): unknown => {
    const messages = [
      { t: 'snapshots', list: list.slice(0, 1), more: true },
      { t: 'snapshots', list: list.slice(1), more: false },
    ];
    return { next: () => Promise.resolve(messages.shift() ?? null), end: () => undefined };
  };
  return {
    welcome: { user: 'ana' },
    host: 'laptop',
    connection: { openStream },
  } as unknown as HubSession;
}

test('the beginning of an id finds the one snapshot that it fits, in whatever case it is typed', async () => {
  const session = sessionWith(['abcd01', 'abcd02', 'ef0123']);
  for (const text of ['abcd02', 'ABCD02', 'abcd02'.padEnd(64, '0')]) {
    assert.equal(hex((await findSnapshot(session, text)).id).slice(0, 6), 'abcd02');
  }
});

test('a beginning that fits several snapshots is refused as ambiguous, one that fits none as not found', async () => {
  const session = sessionWith(['abcd01', 'abcd02', 'ef0123']);
  await assert.rejects(findSnapshot(session, 'abcd0'), { code: 'ambiguous' });
  await assert.rejects(findSnapshot(session, 'abcdff'), { code: 'not-found' });
  await assert.rejects(findSnapshot(session, 'abc'), { code: 'usage' });
});
