import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { loadPosix, loadPosixWithReason } from '../../src/posix/open.ts';
import { ownerCalls } from '../../src/posix/portable/owner-calls.ts';
import { Remembered } from '../../src/posix/remembered.ts';
import { notLinux, PORTS } from './fixture.ts';

test('Linux gets its own port, and it is made once', { skip: notLinux }, () => {
  assert.deepEqual(loadPosixWithReason().whyPortable, undefined);
  assert.equal(loadPosix().kind, 'linux');
  assert.equal(loadPosix(), loadPosix());
});

test('four threads list the same folder at once, without a warning', async () => {
  const code = `
    const { parentPort } = require('node:worker_threads');
    process.on('warning', (warning) => parentPort.postMessage(warning.message));
    import(${JSON.stringify(new URL('../../src/posix/open.ts', import.meta.url).href)}).then(({ loadPosix }) => {
      const posix = loadPosix();
      let seen = 0;
      for (let round = 0; round < 200; round++) {
        const root = posix.openRoot('/');
        for (const { name } of posix.readDir(root)) seen += posix.lstatIfThere(root, name) ? 1 : 0;
        posix.close(root);
      }
      setImmediate(() => parentPort.postMessage(seen > 0 ? posix.kind : 'nothing'));
    });`;
  const answers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const worker = new Worker(code, { eval: true });
      const answer = once(worker, 'message');
      await once(worker, 'exit');
      return (await answer)[0];
    }),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 4 }, () => loadPosix().kind),
  );
});

for (const posix of PORTS) {
  test(
    `${posix.kind}: nothing stays open after close, and closing twice is EBADF`,
    { skip: notLinux },
    () => {
      const count = (): number => fs.readdirSync('/proc/self/fd').length;
      const before = count();
      for (let i = 0; i < 100; i++) {
        const root = posix.openRoot('/');
        assert.throws(() => posix.openDir(root, Buffer.from('nothing here')), { code: 'ENOENT' });
        posix.close(root);
        if (i === 0) assert.throws(() => posix.close(root), { code: 'EBADF' });
      }
      assert.equal(count(), before);
    },
  );

  test(`${posix.kind}: users and groups have names, strangers none`, { skip: notLinux }, () => {
    assert.equal(posix.userName(0), 'root');
    assert.equal(posix.groupName(0), 'root');
    assert.equal(posix.userId('root'), 0);
    assert.equal(posix.groupId('root'), 0);
    assert.equal(posix.userName(3_999_999_999), undefined);
    for (const name of ['', 'no\0body', 'x'.repeat(5000), 'no such user']) {
      assert.equal(posix.userId(name), undefined);
      assert.equal(posix.groupId(name), undefined);
    }
    assert.equal(typeof posix.mayChown(), 'boolean');
  });
}

test('the ports agree about every user of this machine', { skip: notLinux }, () => {
  const files = ownerCalls();
  const [linux] = PORTS;
  for (let id = 0; id < 1100; id++) {
    const name = files.userName(id);
    if (name !== undefined) assert.equal(linux?.userName(id), name);
  }
});

test('where there is no passwd nobody has a name', () => {
  assert.equal(ownerCalls('/nowhere').userName(0), undefined);
  assert.equal(ownerCalls('/nowhere').groupId('root'), undefined);
});

test('answers are asked for once, also that there is none, and are bounded', () => {
  let asked = 0;
  const remembered = new Remembered((key: number) => {
    asked++;
    return key === 1 ? undefined : key;
  });
  for (let i = 0; i < 3; i++) assert.equal(remembered.get(1), undefined);
  assert.equal(asked, 1);
  for (let key = 2; key < 10_000; key++) remembered.get(key);
  assert.equal(remembered.get(9999), 9999);
  assert.equal(asked, 9999);
  remembered.get(1);
  assert.equal(asked, 10_000);
});
