import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { writeFiles } from './data.ts';
import { Stage } from './stage.ts';

test('find lists every version of a name once, over all snapshots that the user may read', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('docs');
  writeFiles(source, {
    'letters/Offer.odt': 'one',
    'letters/other': 'x',
    'deep/er/offer-2.odt': 'y',
  });
  const hub = await stage.hub();
  const client = hub.client('ana', 'laptop');
  const first = await client.backup(source);
  writeFiles(source, { 'letters/Offer.odt': 'changed' });
  const second = await client.backup(source);
  rmSync(join(source, 'letters'), { recursive: true });
  const third = await client.backup(source);
  writeFiles(stage.path('theirs'), { 'offer.odt': 'secret' });
  await hub.client('ben', 'laptop').backup(stage.path('theirs'));

  const { lines, done, status } = await client.run(['find', 'OFFER']);
  assert.equal(status, 0);
  assert.deepEqual([done['found'], done['more'], done['snapshots']], [3, false, 3]);
  const found = lines.filter(({ event }) => event === 'found');
  assert.deepEqual(
    found.map(({ path, size, snapshot, set, kind }) => [path, size, snapshot, set, kind]),
    [
      ['deep/er/offer-2.odt', 1, third['snapshot'], 'docs', 'file'],
      ['letters/Offer.odt', 7, second['snapshot'], 'docs', 'file'],
      ['letters/Offer.odt', 3, first['snapshot'], 'docs', 'file'],
    ],
  );
  assert.ok(Number(found[0]?.['oldestMs']) < Number(found[0]?.['newestMs']));
  assert.equal(found[1]?.['oldestMs'], found[1]?.['newestMs']);

  const said = await client.say(['find', '*.odt', '--set', 'docs']);
  assert.match(said.stdout, /^SNAPSHOT +FROM +UNTIL +SIZE +SET +PATH$/m);
  assert.match(said.stdout, /letters\/Offer\.odt$/m);
  assert.match(said.stdout, /3 versions in 3 snapshots\.$/);
  const none = await client.say(['find', 'offer.odt', '--set', 'no-such-set']);
  assert.equal(none.status, 0);
  assert.match(none.stdout, /Nothing of that name in 0 snapshots/);
  assert.equal((await client.run(['find', ''])).status, 2);
  assert.equal((await client.run(['find', 'a', '--set', 'a/b'])).status, 1);
  assert.equal((await client.run(['find'])).status, 2);
});
