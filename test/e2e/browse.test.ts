import assert from 'node:assert/strict';
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { writeFiles } from './data.ts';
import type { Line } from './program.ts';
import { Stage } from './stage.ts';

function eventsOf(lines: readonly Line[], event: string): Line[] {
  return lines.filter((line) => line.event === event);
}

test('snapshots lists what there is, newest first, with who holds copies; as JSON and for people', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, { 'a.txt': 'aaa' });
  writeFiles(stage.path('other'), { b: 'b' });
  const hub = await stage.hub();
  const client = hub.client('ana', 'laptop');
  const none = await client.say(['snapshots']);
  assert.match(none.stdout, /There are no snapshots yet/);
  await client.receive(stage.path('disk-7'), '--as', 'disk seven');
  const first = await client.backup(source);
  writeFileSync(join(source, 'a.txt'), 'changed');
  const second = await client.backup(source, '--copies', '1');
  await client.backup(stage.path('other'));

  const { lines, done } = await client.run(['snapshots', 'src']);
  const rows = eventsOf(lines, 'snapshot');
  assert.equal(done['snapshots'], 2);
  assert.deepEqual(
    rows.map((row) => row['snapshot']),
    [second['snapshot'], first['snapshot']],
  );
  const newest = rows[0] as Line;
  assert.deepEqual(
    [
      newest['user'],
      newest['host'],
      newest['set'],
      newest['files'],
      newest['bytes'],
      newest['source'],
    ],
    ['ana', 'laptop', 'src', 1, 7, source],
  );
  assert.deepEqual(
    (newest['copies'] as { name: string }[]).map(({ name }) => name),
    ['disk seven'],
  );
  assert(Math.abs(Number(newest['timeMs']) - Date.now()) < 3_600_000);
  const all = await client.say(['snapshots']);
  assert.equal(all.status, 0);
  assert.equal(all.stdout.split('\n').length, 4, all.stdout);
  assert.match(
    all.stdout,
    new RegExp(`${String(second['snapshot']).slice(0, 8)}.*ana@laptop:src.*disk seven`),
  );
  assert.equal((await client.run(['snapshots', 'no-such-set'])).done['snapshots'], 0);
});

test('ls shows mode, size and target of each entry, of a folder or a file alone too', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, {
    'a.txt': 'aaa',
    'sub/b\n.txt': 'bb',
    'sub/deep/c': 'c',
    subway: 'not in sub',
  });
  symlinkSync('a.txt', join(source, 'link'));
  chmodSync(join(source, 'a.txt'), 0o4751);
  const hub = await stage.hub();
  const client = hub.client('ana');
  await client.backup(source);
  const { lines } = await client.run(['ls', 'latest']);
  const entries = new Map(eventsOf(lines, 'entry').map((line) => [String(line['path']), line]));
  assert.deepEqual([...entries.keys()].toSorted(), [
    '',
    'a.txt',
    'link',
    'sub',
    'sub/b\n.txt',
    'sub/deep',
    'sub/deep/c',
    'subway',
  ]);
  assert.deepEqual(
    [
      entries.get('a.txt')?.['kind'],
      entries.get('a.txt')?.['mode'],
      entries.get('a.txt')?.['size'],
    ],
    ['file', 0o4751, 3],
  );
  assert.deepEqual(
    [entries.get('link')?.['kind'], entries.get('link')?.['target']],
    ['symlink', 'a.txt'],
  );
  const below = await client.run(['ls', 'latest', 'sub/']);
  assert.deepEqual(
    eventsOf(below.lines, 'entry').map((line) => line['path']),
    ['sub', 'sub/b\n.txt', 'sub/deep', 'sub/deep/c'],
  );
  const one = await client.run(['ls', 'latest', 'sub/deep/c']);
  assert.deepEqual(
    eventsOf(one.lines, 'entry').map((line) => line['path']),
    ['sub/deep/c'],
  );
  const said = await client.say(['ls', 'latest']);
  assert.match(said.stdout, /^-rwsr-x--x .* 3 .* a\.txt$/m);
  assert.match(said.stdout, / link -> a\.txt$/m);
  assert(said.stdout.includes('sub/b\\n.txt'));
  for (const path of ['nowhere', '../etc', 'a.txt/x']) {
    const { status, done } = await client.run(['ls', 'latest', path]);
    assert.equal(status, 1, path);
    assert.equal(done['ok'], false, path);
  }
});

test('diff names what was added, removed, changed, or changed in metadata alone', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  writeFiles(source, {
    same: 's',
    changed: 'one',
    mode: 'm',
    gone: 'g',
    'dir/gone-too': 'g',
    kind: 'file',
  });
  const hub = await stage.hub();
  const client = hub.client('ana');
  const before = String((await client.backup(source))['snapshot']);
  writeFiles(source, { changed: 'other', added: 'a' });
  chmodSync(join(source, 'mode'), 0o600);
  for (const name of ['gone', 'dir', 'kind']) rmSync(join(source, name), { recursive: true });
  symlinkSync('same', join(source, 'kind'));
  const after = String((await client.backup(source))['snapshot']);
  const { status, lines, done } = await client.run(['diff', before, after]);
  assert.equal(status, 0);
  const changes = eventsOf(lines, 'change')
    .filter((line) => line['path'] !== '')
    .map((line) => `${String(line['change'])} ${String(line['path'])}`);
  assert.deepEqual(changes.toSorted(), [
    'added added',
    'changed changed',
    'changed kind',
    'metadata mode',
    'removed dir',
    'removed dir/gone-too',
    'removed gone',
  ]);
  assert.deepEqual([done['added'], done['removed'], done['changed']], [1, 3, 2]);
  const said = await client.say(['diff', before, after]);
  for (const line of ['+ added', '- gone', 'M changed', 'm mode', '- dir/'])
    assert(said.stdout.split('\n').includes(line), `${line} is missing in ${said.stdout}`);
  const same = await client.say(['diff', after, 'src@latest']);
  assert.equal(same.stdout, 'The two are the same.');
});

test('a snapshot is found by the beginning of its id; one that fits several, or none, is refused', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('src');
  const hub = await stage.hub();
  const client = hub.client('ana');
  const ids: string[] = [];
  for (let i = 0; i < 2; i++) {
    writeFiles(source, { a: `state ${i}` });
    ids.push(String((await client.backup(source))['snapshot']));
  }
  const [id = ''] = ids;
  for (const text of [id, id.slice(0, 16), id.slice(0, 16).toUpperCase()]) {
    assert.equal((await client.run(['ls', text])).done['snapshot'], id, text);
  }
  const unknown = `${id.slice(0, 8)}${id.slice(8, 16) === '00000000' ? '11111111' : '00000000'}`;
  const expected: readonly (readonly [text: string, code: string, status: number])[] = [
    [unknown, 'not-found', 1],
    ['no-such-set@latest', 'not-found', 1],
    ['abc', 'usage', 2],
    ['zzzzzzzz', 'usage', 2],
  ];
  for (const [text, code, status] of expected) {
    const ended = await client.run(['ls', text]);
    assert.deepEqual([ended.done['code'], ended.status], [code, status], text);
  }
});
