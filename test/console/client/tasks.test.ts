import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { Failure } from '../../../src/console/api/common.ts';
import type { ClientState, Task, TaskFiles } from '../../../src/console/api/client-api.ts';
import { startLab } from '../../hub/lab.ts';
import { tempFolder } from '../../vault/temp-folder.ts';
import { backupOf, openConsole, receiveInto } from './open-console.ts';

function sourceFolder(): string {
  const source = join(tempFolder(), 'photos');
  mkdirSync(join(source, 'old'), { recursive: true });
  writeFileSync(join(source, 'a.txt'), 'first');
  writeFileSync(join(source, 'old', 'b.bin'), Buffer.alloc(300_000, 7));
  return source;
}

test('a backup with three destinations in the same console ends with three verified copies', async (t) => {
  const lab = await startLab(t);
  const { page } = await openConsole(t);
  await page.logIn(lab.hub.port, 'ana');
  const source = sourceFolder();
  const backup = await page.begin(backupOf(source, { copies: 3 }));
  const waiting = await page.until(backup.id, ({ state }) => state === 'waiting', 'waiting');
  assert.equal(waiting.waiting?.needed, 3);
  assert.equal(waiting.waiting.connected, 0);
  assert.equal(waiting.set, 'ana@here:photos');

  const folders = [tempFolder(), tempFolder(), tempFolder()];
  const receives: Task[] = [];
  for (const [index, folder] of folders.entries())
    receives.push(await page.begin(receiveInto(folder, { as: `disk-${index}` })));

  const done = await page.ended(backup.id);
  assert.equal(done.state, 'done', JSON.stringify(done));
  assert.equal(done.failure, null);
  assert.deepEqual(done.copies.map(({ name, state }) => `${name} ${state}`).toSorted(), [
    'disk-0 verified',
    'disk-1 verified',
    'disk-2 verified',
  ]);
  assert.equal(done.result?.files, 2);
  assert.match(done.result.snapshot ?? '', /^[0-9a-f]{64}$/);
  assert.ok(done.result.sentBytes > 0);
  const { files, total } = await page.get<TaskFiles>(`/api/tasks/${backup.id}/files`);
  assert.equal(total, 2);
  assert.deepEqual(files, [
    { path: { path: 'a.txt' }, deleted: false },
    { path: { path: 'old/b.bin' }, deleted: false },
  ]);

  for (const [index, { id }] of receives.entries()) {
    const isThere = ({ state, transfers }: Task): boolean =>
      state === 'waiting' && transfers[0]?.state === 'verified';
    const task = await page.until(id, isThere, 'the verified transfer');
    assert.equal(task.transfers[0]?.result?.snapshot, done.result.snapshot);
    const copy = join(folders[index] ?? '', 'ana@here', 'photos', 'old', 'b.bin');
    assert.equal(readFileSync(copy).length, 300_000);
    const listed = await page.get<TaskFiles>(`/api/tasks/${id}/files?filter=B.BIN`);
    assert.deepEqual(listed.files, [
      { path: { path: 'ana@here/photos/old/b.bin' }, deleted: false },
    ]);
    // The folder in it, too.
    assert.equal(task.listed, 3);
  }
});

test('a task that is cancelled ends as cancelled, and its folder is free again', async (t) => {
  const lab = await startLab(t);
  const { page } = await openConsole(t);
  await page.logIn(lab.hub.port, 'ana');
  const folder = tempFolder();
  const receive = await page.begin(receiveInto(folder));
  await page.until(receive.id, ({ state }) => state === 'waiting', 'waiting');
  const busy = await page.ask<Failure>('POST', '/api/tasks', receiveInto(folder));
  assert.equal(busy.status, 409);
  assert.equal(busy.body.code, 'busy');
  const early = await page.ask<Failure>('DELETE', `/api/tasks/${receive.id}`);
  assert.equal(early.body.code, 'busy');

  await page.post(`/api/tasks/${receive.id}/cancel`);
  assert.equal((await page.task(receive.id)).state, 'cancelled');
  const again = await page.post<Task>(`/api/tasks/${receive.id}/again`);
  await page.until(again.id, ({ state }) => state === 'waiting', 'waiting again');

  const backup = await page.begin(backupOf(sourceFolder(), { copies: 5 }));
  await page.until(backup.id, ({ state }) => state === 'waiting', 'waiting for five');
  await page.post(`/api/tasks/${backup.id}/cancel`);
  const cancelled = await page.task(backup.id);
  assert.equal(cancelled.state, 'cancelled');
  assert.equal(cancelled.failure, null);
  const gone = await page.ask('DELETE', `/api/tasks/${backup.id}`);
  assert.equal(gone.status, 200);
  const { tasks } = await page.get<ClientState>('/api/state');
  assert.deepEqual(
    tasks.map(({ id }) => id),
    [again.id, receive.id],
  );
});

test('a backup whose hub goes away goes on when the hub is back, and so does its destination', async (t) => {
  const lab = await startLab(t);
  const { port } = lab.hub;
  const { page } = await openConsole(t);
  await page.logIn(port, 'ana');
  const receive = await page.begin(receiveInto(tempFolder()));
  const backup = await page.begin(backupOf(sourceFolder(), { copies: 2 }));
  await page.until(backup.id, ({ waiting }) => waiting?.connected === 1, 'one of two');
  await lab.hub.stopListening();
  const isOffline = ({ state, offline }: Task): boolean =>
    state === 'connecting' && offline !== null;
  await page.until(backup.id, isOffline, 'the backup to be offline');
  await page.until(receive.id, isOffline, 'the destination to be offline');

  await lab.hub.listen({ host: '127.0.0.1', port });
  await page.until(backup.id, ({ waiting }) => waiting?.connected === 1, 'one of two again');
  await page.begin(receiveInto(tempFolder()));
  const done = await page.ended(backup.id);
  assert.equal(done.state, 'done', JSON.stringify(done.failure));
  assert.equal(done.listed, 2);
});

test('a backup whose hub was never reached fails with the reason, and can be begun again', async (t) => {
  const lab = await startLab(t);
  const { page } = await openConsole(t);
  await page.logIn(lab.hub.port, 'ana');
  await lab.hub.close();
  const backup = await page.begin(backupOf(sourceFolder()));
  const failed = await page.ended(backup.id);
  assert.equal(failed.state, 'failed');
  assert.equal(failed.failure?.code, 'connection-lost');
  const again = await page.post<Task>(`/api/tasks/${backup.id}/again`);
  assert.notEqual(again.id, backup.id);
  assert.equal((await page.ended(again.id)).state, 'failed');
});

test('what is wrong with a request is said at once, and nothing begins', async (t) => {
  const { page } = await openConsole(t);
  const source = sourceFolder();
  const early = await page.ask<Failure>('POST', '/api/tasks', backupOf(source));
  assert.equal(early.body.code, 'usage');
  assert.match(early.body.message, /log in/);
  const lab = await startLab(t);
  await page.logIn(lab.hub.port, 'ana');
  const wrong = [
    [backupOf(join(source, 'gone')), 404, 'not-found'],
    [backupOf('photos'), 400, 'usage'],
    [backupOf('/dev/null'), 501, 'unsupported'],
    [backupOf(source, { set: 'a/b' }), 403, 'name-refused'],
    [receiveInto('/proc/nowhere'), 422, 'dir-unwritable'],
    [{ kind: 'backup' }, 400, 'usage'],
    [{ kind: 'verify', folder: { path: '/', pathBytes: '!' } }, 400, 'usage'],
  ] as const;
  for (const [request, status, code] of wrong) {
    const answer = await page.ask<Failure>('POST', '/api/tasks', request);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.equal(answer.body.code, code);
  }
  const { tasks } = await page.get<ClientState>('/api/state');
  assert.deepEqual(tasks, []);
});

test('a snapshot is restored, and a damaged copy is found and mended', async (t) => {
  const lab = await startLab(t);
  const { page } = await openConsole(t);
  await page.logIn(lab.hub.port, 'ana');
  const source = sourceFolder();
  const folder = tempFolder();
  const receive = await page.begin(receiveInto(folder));
  const backup = await page.begin(backupOf(source, { copies: 1 }));
  const snapshot = (await page.ended(backup.id)).result?.snapshot ?? '';

  const into = join(tempFolder(), 'new');
  const restore = await page.begin({
    kind: 'restore',
    snapshot,
    subtree: { path: 'old' },
    into: { path: into },
    overwrite: false,
  });
  const restored = await page.ended(restore.id);
  assert.equal(restored.state, 'done', JSON.stringify(restored.failure));
  assert.equal(restored.set, 'ana@here:photos');
  assert.equal(readFileSync(join(into, 'old', 'b.bin')).length, 300_000);

  await page.post(`/api/tasks/${receive.id}/cancel`);
  writeFileSync(join(folder, 'ana@here', 'photos', 'a.txt'), 'spoil');
  const verify = await page.begin({ kind: 'verify', folder: { path: folder } });
  const verified = await page.ended(verify.id);
  assert.equal(verified.state, 'done', JSON.stringify(verified.failure));
  assert.equal(verified.result?.mended, 1);
  assert.equal(verified.transfers[0]?.state, 'verified');
  assert.equal(readFileSync(join(folder, 'ana@here', 'photos', 'a.txt'), 'utf8'), 'first');
});

test('folders that received receive again after a restart; what ended does not', async (t) => {
  const lab = await startLab(t);
  const first = await openConsole(t);
  await first.page.logIn(lab.hub.port, 'ana');
  const kept = tempFolder();
  const receive = await first.page.begin(receiveInto(kept, { as: 'kept' }));
  const ended = await first.page.begin(receiveInto(tempFolder()));
  await first.page.post(`/api/tasks/${ended.id}/cancel`);
  await first.console.close();

  const second = await openConsole(t, { configDir: first.configDir });
  const { tasks } = await second.page.get<ClientState>('/api/state');
  assert.deepEqual(
    tasks.map(({ id }) => id),
    [receive.id],
  );
  const backup = await second.page.begin(backupOf(sourceFolder(), { copies: 1 }));
  assert.equal((await second.page.ended(backup.id)).state, 'done');
  assert.equal(readFileSync(join(kept, 'ana@here', 'photos', 'a.txt'), 'utf8'), 'first');
});

test('names that would harm a page or a terminal come through as they are, and are found', async (t) => {
  const lab = await startLab(t);
  const { page } = await openConsole(t);
  await page.logIn(lab.hub.port, 'ana');
  const source = Buffer.from(join(tempFolder(), 'odd'));
  mkdirSync(source);
  const names = ['<img src=x onerror=alert(1)>', '\u001b[2J', '\u202etxt.exe', "'; --", '%_'];
  for (const name of names) writeFileSync(join(source.toString(), name), name);
  writeFileSync(Buffer.concat([source, Buffer.from('/caf\u00e9', 'latin1')]), 'latin');
  const backup = await page.begin(backupOf(source.toString()));
  assert.equal((await page.ended(backup.id)).state, 'done');
  const { files } = await page.get<TaskFiles>(`/api/tasks/${backup.id}/files?limit=1000`);
  assert.deepEqual(
    files.map(({ path }) => path.path).toSorted(),
    [...names, 'caf\ufffd'].toSorted(),
  );
  const odd = files.find(({ path }) => path.pathBytes !== undefined);
  assert.equal(odd?.path.pathBytes, Buffer.from('caf\u00e9', 'latin1').toString('base64'));
  for (const name of names) {
    const filter = encodeURIComponent(name);
    const found = await page.get<TaskFiles>(`/api/tasks/${backup.id}/files?filter=${filter}`);
    assert.deepEqual(
      found.files.map(({ path }) => path.path),
      [name],
    );
  }
});

test('a dry run says what would be sent, and changes nothing', async (t) => {
  const lab = await startLab(t);
  const { page } = await openConsole(t);
  await page.logIn(lab.hub.port, 'ana');
  const task = await page.begin(backupOf(sourceFolder(), { dryRun: true, exclude: ['*.bin'] }));
  const ended = await page.ended(task.id);
  assert.equal(ended.state, 'done');
  assert.equal(ended.result?.snapshot, null);
  assert.ok((ended.result?.plannedBytes ?? 0) >= 5);
  assert.equal(ended.listed, 1);
});
