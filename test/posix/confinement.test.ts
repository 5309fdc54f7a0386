import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirStack } from '../../src/posix/dir-stack.ts';
import type { Fd, Posix } from '../../src/posix/posix.ts';
import { bytes, folder, notLinux, notRoot, PORTS } from './fixture.ts';

const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = fs.constants;
const path = (text: string): Buffer[] => text.split('/').map((part) => bytes(part));

for (const posix of PORTS) {
  test(`${posix.kind}: a link is opened neither as a folder nor as a file`, (t) => {
    const { path: root, fd } = folder(t, posix);
    fs.mkdirSync(join(root, 'real'));
    fs.writeFileSync(join(root, 'file'), 'secret');
    fs.symlinkSync('real', join(root, 'to-dir'));
    fs.symlinkSync('file', join(root, 'to-file'));
    fs.symlinkSync('new', join(root, 'dangling'));
    assert.throws(() => posix.openDir(fd, bytes('to-dir')), { code: 'ENOTDIR' });
    assert.throws(() => posix.openDir(fd, bytes('file')), { code: 'ENOTDIR' });
    const writing = O_CREAT | O_WRONLY;
    assert.throws(() => posix.openFile(fd, bytes('to-file'), O_RDONLY), { code: 'ELOOP' });
    assert.throws(() => posix.openFile(fd, bytes('dangling'), writing), { code: 'ELOOP' });
    assert.equal(fs.existsSync(join(root, 'new')), false);
  });

  test(`${posix.kind}: a walk refuses a link at any depth and goes on elsewhere`, (t) => {
    const { path: root, fd } = folder(t, posix);
    fs.mkdirSync(join(root, 'a/b/c'), { recursive: true });
    fs.symlinkSync('/etc', join(root, 'a/etc'));
    using stack = new DirStack(posix, fd);
    stack.enter(path('a/b'));
    assert.throws(() => stack.enter(path('a/etc')), { code: 'ENOTDIR' });
    assert.throws(() => stack.enter(path('a/etc/ssl'), 0o700), { code: 'ENOTDIR' });
    assert.throws(() => stack.enter(path('a/../..')), { code: 'EINVAL' });
    assert.throws(() => stack.enter(path('a/b/nothing')), { code: 'ENOENT' });
    assert.equal(posix.fstat(stack.enter(path('a/b/c'))).ino, fs.statSync(join(root, 'a/b/c')).ino);
    assert.equal(stack.enter([]), fd);
  });

  test(`${posix.kind}: a walk keeps open what two paths share, and opens no more than it must`, (t) => {
    const { path: root, fd } = folder(t, posix);
    for (const deep of ['a/b/c', 'a/b/d/e', 'f'])
      fs.mkdirSync(join(root, deep), { recursive: true });
    const opened: string[] = [];
    const open = new Set<Fd>();
    const openCount = (): number => open.size;
    const counting: Posix = {
      ...posix,
      openDir(dir, name) {
        opened.push(Buffer.from(name).toString());
        const made = posix.openDir(dir, name);
        open.add(made);
        return made;
      },
      close(closed) {
        open.delete(closed);
        posix.close(closed);
      },
    };
    const stack = new DirStack(counting, fd);
    for (const deep of ['a/b/c', 'a/b/c', 'a/b', 'a/b/d/e', 'f']) stack.enter(path(deep));
    assert.deepEqual(opened, ['a', 'b', 'c', 'd', 'e', 'f']);
    assert.equal(openCount(), 1);
    stack.reset();
    assert.equal(openCount(), 0);
    const few = new DirStack(counting, fd, { keptOpen: 2 });
    for (const deep of ['x/1/2/3/4/5/6', 'x/1/2/3/4', 'x/1/2/3/4/5']) {
      const top = few.enter(path(deep), 0o700);
      assert.equal(counting.fstat(top).ino, fs.statSync(join(root, deep)).ino);
      assert.ok(openCount() <= 3, `${openCount()} open`);
    }
    few.reset();
    assert.equal(openCount(), 0);
  });
}

for (const posix of PORTS.filter(({ abilities }) => abilities.confined)) {
  test('a parent that is swapped for a link during a walk is not followed', (t) => {
    const { path: root, fd } = folder(t, posix);
    const { path: outside } = folder(t, posix);
    fs.mkdirSync(join(root, 'a/b'), { recursive: true });
    fs.mkdirSync(join(outside, 'b'));
    using stack = new DirStack(posix, fd);
    const held = stack.enter(path('a/b'));
    fs.renameSync(join(root, 'a'), join(root, 'moved'));
    fs.symlinkSync(outside, join(root, 'a'));
    posix.close(posix.openFile(held, bytes('early'), O_CREAT | O_EXCL | O_WRONLY, 0o600));
    posix.chmodAt(held, bytes('early'), 0o640);
    if (!notRoot) {
      posix.setXattr({ dir: held, name: bytes('early') }, bytes('trusted.t'), bytes('value'));
    }
    const above = stack.enter(path('a'));
    posix.close(posix.openFile(above, bytes('up'), O_CREAT | O_WRONLY, 0o600));
    assert.deepEqual(fs.readdirSync(join(root, 'moved')).toSorted(), ['b', 'up']);
    assert.deepEqual(fs.readdirSync(join(root, 'moved/b')), ['early']);
    stack.reset();
    assert.throws(() => stack.enter(path('a/b')), { code: 'ENOTDIR' });
    assert.deepEqual(fs.readdirSync(outside), ['b']);
    assert.deepEqual(fs.readdirSync(join(outside, 'b')), []);
  });

  test('a tree is walked and written far deeper than any path may be long', (t) => {
    const { path: root, fd } = folder(t, posix);
    // Node's own rm and mkdtemp stop at PATH_MAX; the tool of the system does not.
    t.after(() => execFileSync('rm', ['-rf', join(root, 'd'.repeat(200))]));
    const components = Array.from({ length: 300 }, () => bytes('d'.repeat(200)));
    using stack = new DirStack(posix, fd, { keptOpen: 16 });
    const bottom = stack.enter(components, 0o755);
    const file = posix.openFile(bottom, bytes('deep'), O_CREAT | O_WRONLY, 0o600);
    posix.write(file, bytes('60,000 bytes down'), 0);
    posix.close(file);
    posix.setTimesAt(bottom, bytes('deep'), 12, 34);
    using again = new DirStack(posix, fd);
    assert.equal(posix.lstatAt(again.enter(components), bytes('deep')).mtimeNsec, 34);
    assert.throws(() => again.enter(Array.from({ length: 2049 }, () => bytes('d'))), {
      code: 'ENAMETOOLONG',
    });
  });
}

test('a FIFO put where a file was does not hold anyone up', { skip: notLinux }, (t) => {
  for (const posix of PORTS) {
    const { path: root, fd } = folder(t, posix);
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const opened = posix.openFile(fd, bytes('pipe'), O_RDONLY);
    assert.equal(posix.fstat(opened).kind, 'fifo');
    posix.close(opened);
  }
});
