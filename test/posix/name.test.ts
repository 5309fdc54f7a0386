import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkComponent } from '../../src/posix/component.ts';
import { bytes, folder, PLACES, PORTS } from './fixture.ts';

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = fs.constants;

for (const posix of PORTS) {
  test(`${posix.kind}: no call takes a name that is not one component`, (t) => {
    const { path, fd } = folder(t, posix);
    const inner = join(path, 'inner');
    fs.mkdirSync(inner);
    fs.writeFileSync(join(path, 'outside'), 'kept');
    const dir = posix.openDir(fd, bytes('inner'));
    const good = bytes('good');
    fs.writeFileSync(join(inner, 'good'), '');
    for (const bad of [
      '',
      '.',
      '..',
      '../outside',
      '/etc/passwd',
      'a/b',
      'good/',
      'good\0',
      '\0',
    ]) {
      const name = bytes(bad);
      const calls: (() => unknown)[] = [
        () => posix.openDir(dir, name),
        () => posix.openFile(dir, name, O_RDONLY),
        () => posix.lstatAt(dir, name),
        () => posix.lstatIfThere(dir, name),
        () => posix.readlinkAt(dir, name),
        () => posix.mkdirAt(dir, name, 0o700),
        () => posix.symlinkAt(good, dir, name),
        () => posix.linkAt(dir, name, dir, bytes('new')),
        () => posix.linkAt(dir, good, dir, name),
        () => posix.renameAt(dir, name, dir, bytes('new')),
        () => posix.renameAt(dir, good, dir, name),
        () => posix.renameNoReplaceAt(dir, name, dir, bytes('new')),
        () => posix.renameNoReplaceAt(dir, good, dir, name),
        () => posix.unlinkAt(dir, name),
        () => posix.rmdirAt(dir, name),
        () => posix.chmodAt(dir, name, 0o777),
        () => posix.chownAt(dir, name, 1, 1),
        () => posix.setTimesAt(dir, name, 1, 1),
      ];
      if (posix.abilities.fifos) calls.push(() => posix.mkfifoAt(dir, name, 0o600));
      if (posix.abilities.xattrs) {
        calls.push(() => posix.xattrs({ dir, name }));
        calls.push(() => posix.setXattr({ dir, name }, bytes('user.x'), good));
      }
      for (const call of calls) {
        assert.throws(call, { code: 'EINVAL' }, `${JSON.stringify(bad)} in ${call.toString()}`);
      }
    }
    assert.deepEqual(fs.readdirSync(inner), ['good']);
    assert.equal(fs.readFileSync(join(path, 'outside'), 'utf8'), 'kept');
    posix.close(dir);
  });

  for (const place of PLACES) {
    test(`${posix.kind} in ${place}: things are made, moved and removed`, (t) => {
      const { path, fd } = folder(t, posix, place);
      posix.mkdirAt(fd, bytes('one'), 0o700);
      posix.mkdirAt(fd, bytes('two'), 0o700);
      const one = posix.openDir(fd, bytes('one'));
      const two = posix.openDir(fd, bytes('two'));
      const file = posix.openFile(one, bytes('f'), O_CREAT | O_EXCL | O_RDWR, 0o600);
      posix.write(file, bytes('hello world'), 0);
      posix.write(file, bytes('W'), 6);
      posix.fsync(file);
      const into = new Uint8Array(100);
      assert.equal(posix.read(file, into, 3), 8);
      assert.equal(Buffer.from(into.subarray(0, 8)).toString(), 'lo World');
      assert.equal(posix.read(file, into, 11), 0);
      posix.close(file);
      posix.linkAt(one, bytes('f'), two, bytes('g'));
      assert.equal(posix.lstatAt(two, bytes('g')).nlink, 2);
      posix.renameAt(one, bytes('f'), two, bytes('h'));
      posix.fsync(two);
      assert.equal(fs.readFileSync(join(path, 'two/h'), 'utf8'), 'hello World');
      posix.unlinkAt(two, bytes('g'));
      assert.throws(() => posix.rmdirAt(fd, bytes('two')), { code: 'ENOTEMPTY' });
      posix.rmdirAt(fd, bytes('one'));
      assert.deepEqual(fs.readdirSync(path), ['two']);
      posix.close(one);
      posix.close(two);
    });

    test(`${posix.kind} in ${place}: a rename that must not replace does not`, (t) => {
      const { path, fd } = folder(t, posix, place);
      fs.writeFileSync(join(path, 'a'), 'a');
      fs.writeFileSync(join(path, 'b'), 'b');
      fs.mkdirSync(join(path, 'empty'));
      fs.mkdirSync(join(path, 'dir'));
      const refused = { code: 'EEXIST' };
      assert.throws(() => posix.renameNoReplaceAt(fd, bytes('a'), fd, bytes('b')), refused);
      assert.throws(() => posix.renameNoReplaceAt(fd, bytes('dir'), fd, bytes('empty')), refused);
      posix.renameNoReplaceAt(fd, bytes('a'), fd, bytes('c'));
      posix.renameNoReplaceAt(fd, bytes('dir'), fd, bytes('moved'));
      assert.deepEqual(fs.readdirSync(path).toSorted(), ['b', 'c', 'empty', 'moved']);
      assert.equal(fs.readFileSync(join(path, 'b'), 'utf8'), 'b');
    });
  }

  test(`${posix.kind}: a link to a link is a name of the link itself`, (t) => {
    const { path, fd } = folder(t, posix);
    fs.writeFileSync(join(path, 'target'), '');
    fs.symlinkSync('target', join(path, 'link'));
    posix.linkAt(fd, bytes('link'), fd, bytes('second'));
    assert.equal(posix.lstatAt(fd, bytes('second')).kind, 'symlink');
    assert.equal(posix.lstatAt(fd, bytes('target')).nlink, 1);
  });
}

test('on Windows a name can hold neither a backslash nor a colon', () => {
  for (const name of ['a\\b', '..\\a', 'C:', 'file:stream']) {
    assert.throws(() => checkComponent(bytes(name), 'open', true), { code: 'EINVAL' });
    checkComponent(bytes(name), 'open', false);
  }
});
