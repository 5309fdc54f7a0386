import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import type { Failure, Path } from '../../../src/console/api/common.ts';
import type { ClientState, DiskFolder } from '../../../src/console/api/client-api.ts';
import { parseMounts } from '../../../src/console/client/disk/list-places.ts';
import { readDiskFolder } from '../../../src/console/client/disk/disk-folder.ts';
import { startLab } from '../../hub/lab.ts';
import { tempFolder } from '../../vault/temp-folder.ts';
import { openConsole, receiveInto } from './open-console.ts';

function query({ path, pathBytes }: Path): string {
  const part =
    pathBytes === undefined
      ? `path=${encodeURIComponent(path)}`
      : `pathBytes=${encodeURIComponent(pathBytes)}`;
  return `/api/disk?${part}`;
}

test('a folder is listed by name with what is known of it, and files are counted', async (t) => {
  const { page } = await openConsole(t);
  const folder = tempFolder();
  for (const name of ['beta', 'Alpha', '.hidden', 'a\u001b[31mred']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'file'), '');
  symlinkSync(join(folder, 'beta'), join(folder, 'link'));
  symlinkSync('/nowhere', join(folder, 'broken'));
  symlinkSync(join(folder, 'file'), join(folder, 'to-file'));
  const disk = await page.get<DiskFolder>(query({ path: `${folder}/./beta/..//` }));
  assert.deepEqual(disk.path, { path: folder });
  assert.deepEqual(disk.parent, { path: join(folder, '..') });
  assert.deepEqual(
    disk.folders.map(({ name, hidden }) => `${name.path}${hidden ? ' hidden' : ''}`),
    ['.hidden hidden', 'a\u001b[31mred', 'Alpha', 'beta', 'link'],
  );
  assert.equal(disk.files, 3);
  assert.equal(disk.more, false);
  assert.equal(disk.writable, true);
  assert.ok(disk.freeBytes > 0);
  assert.ok(disk.folders.every(({ readable }) => readable));
  assert.deepEqual(disk.folders.at(-1)?.path, { path: join(folder, 'link') });
});

test('folders whose names are no UTF-8 are entered and made into, byte by byte', async (t) => {
  const { page } = await openConsole(t);
  const folder = tempFolder();
  const odd = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]);
  mkdirSync(odd);
  mkdirSync(Buffer.concat([odd, Buffer.from('/inner')]));
  const outer = await page.get<DiskFolder>(query({ path: folder }));
  const [only] = outer.folders;
  assert.deepEqual(only?.name, {
    path: 'caf\ufffd',
    pathBytes: Buffer.from([0x63, 0x61, 0x66, 0xe9]).toString('base64'),
  });
  const inner = await page.get<DiskFolder>(query(only.path));
  assert.deepEqual(
    inner.folders.map(({ name }) => name.path),
    ['inner'],
  );
  assert.deepEqual(inner.parent, { path: folder });
  const made = await page.post<DiskFolder>('/api/disk/folder', { parent: inner.path, name: 'new' });
  const expected = Buffer.concat([odd, Buffer.from('/new')]);
  assert.equal(made.path.pathBytes, expected.toString('base64'));
  assert.deepEqual(made.folders, []);
});

test('what cannot be listed or made says why', async (t) => {
  const { page } = await openConsole(t);
  const folder = tempFolder();
  writeFileSync(join(folder, 'file'), '');
  const refused = [
    [query({ path: join(folder, 'gone') }), 404, 'not-found'],
    [query({ path: join(folder, 'file') }), 404, 'not-found'],
    [query({ path: 'relative' }), 400, 'usage'],
    [query({ path: '', pathBytes: '***' }), 400, 'usage'],
  ] as const;
  for (const [path, status, code] of refused) {
    const answer = await page.ask<Failure>('GET', path);
    assert.equal(answer.status, status);
    assert.equal(answer.body.code, code);
  }
  const parent = { path: folder };
  for (const [name, code] of [
    ['file', 'in-the-way'],
    ['..', 'name-refused'],
    ['a/b', 'name-refused'],
    ['a\0b', 'name-refused'],
    [' ', 'name-refused'],
    ['é'.repeat(128), 'name-refused'],
  ]) {
    const answer = await page.ask<Failure>('POST', '/api/disk/folder', { parent, name });
    assert.equal(answer.body.code, code, name);
  }
});

test('of very many folders the first by name are listed, and that there are more', async () => {
  const folder = tempFolder();
  for (let i = 0; i < 5010; i++) mkdirSync(join(folder, String(i).padStart(4, '0')));
  const disk = await readDiskFolder({ path: folder }, []);
  assert.equal(disk.folders.length, 5000);
  assert.equal(disk.more, true);
  assert.equal(disk.folders.at(-1)?.name.path, '4999');
});

test('places are home, the root, and what was chosen lately', async (t) => {
  const { page } = await openConsole(t);
  const lab = await startLab(t);
  await page.logIn(lab.hub.port, 'ana');
  const folder = tempFolder();
  const task = await page.begin(receiveInto(folder));
  assert.equal((await page.get<ClientState>('/api/state')).tasks.length, 1);
  const disk = await page.get<DiskFolder>('/api/disk');
  assert.deepEqual(disk.path, { path: homedir() });
  assert.deepEqual(disk.places.slice(0, 2), [
    { kind: 'home', path: { path: homedir() } },
    { kind: 'root', path: { path: '/' } },
  ]);
  assert.deepEqual(disk.places.at(-1), { kind: 'recent', path: { path: folder } });
  await page.post(`/api/tasks/${task.id}/cancel`);
});

test('of the mounts, those of real file systems are places, with their names as they are', () => {
  const table = [
    'proc /proc proc rw 0 0',
    '/dev/sda1 / ext4 rw 0 0',
    '/dev/sda2 /boot/efi vfat rw 0 0',
    String.raw`/dev/sdb1 /media/ana/My\040Disk\134 exfat rw 0 0`,
    'tmpfs /run tmpfs rw 0 0',
    'nas:/vol /mnt/nas nfs4 rw 0 0',
    '/dev/loop1 /snap/core squashfs ro 0 0',
    '/dev/sdc1 /mnt/caf\u00e9 xfs rw 0 0',
    '',
  ].join('\n');
  assert.deepEqual(
    parseMounts(Buffer.from(table, 'latin1')).map((path) => path.toString('latin1')),
    ['/media/ana/My Disk\\', '/mnt/nas', '/mnt/caf\u00e9'],
  );
});
