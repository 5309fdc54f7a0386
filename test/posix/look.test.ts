import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { compareBytes } from '../../src/base/bytes.ts';
import { foldInode } from '../../src/posix/stat.ts';
import { bytes, folder, notLinux, PLACES, PORTS } from './fixture.ts';

for (const posix of PORTS) {
  for (const place of PLACES) {
    test(`${posix.kind} in ${place}: a stat says what Node says`, (t) => {
      const { path, fd } = folder(t, posix, place);
      const file = join(path, 'file');
      fs.writeFileSync(file, 'x'.repeat(5000));
      fs.chmodSync(file, 0o4751);
      fs.linkSync(file, join(path, 'second'));
      // As text: a number below 0 means the present time to node:fs.
      fs.utimesSync(file, '-5.25', '-5.25');
      const expected = fs.lstatSync(file, { bigint: true });
      const stat = posix.lstatAt(fd, bytes('file'));
      assert.equal(stat.kind, 'file');
      assert.equal(stat.mode, 0o4751);
      assert.equal(stat.size, 5000);
      assert.equal(stat.nlink, 2);
      assert.equal(BigInt(stat.ino), expected.ino);
      assert.equal(BigInt(stat.blocks), expected.blocks);
      assert.equal(BigInt(stat.uid), expected.uid);
      assert.equal(BigInt(stat.gid), expected.gid);
      assert.deepEqual([stat.mtimeSec, stat.mtimeNsec], [-6, 750_000_000]);
      assert.equal(
        BigInt(stat.ctimeSec) * 1_000_000_000n + BigInt(stat.ctimeNsec),
        expected.ctimeNs,
      );
      assert.equal(stat.dev, posix.fstat(fd).dev);
      const open = posix.openFile(fd, bytes('file'), fs.constants.O_RDONLY);
      assert.deepEqual(posix.fstat(open), stat);
      posix.close(open);
    });

    test(`${posix.kind} in ${place}: names are bytes, whatever they are`, (t) => {
      const { fd } = folder(t, posix, place);
      const names = [
        Buffer.from([0xff, 0xfe, 0x80]),
        bytes('line\nbreak\u001b[31m'),
        Buffer.alloc(255, 0xc3),
        bytes('...'),
        bytes(' '),
        bytes('-rf'),
      ];
      for (const name of names) {
        posix.close(posix.openFile(fd, name, fs.constants.O_CREAT | fs.constants.O_WRONLY, 0o600));
      }
      const found = posix.readDir(fd);
      assert.deepEqual(
        found.map(({ name }) => Buffer.from(name)).toSorted(compareBytes),
        names.toSorted(compareBytes),
      );
      for (const { name } of found) assert.equal(posix.lstatAt(fd, name).kind, 'file');
    });
  }

  test(`${posix.kind}: every kind is told apart`, { skip: notLinux }, async (t) => {
    const { path, fd } = folder(t, posix);
    fs.mkdirSync(join(path, 'dir'));
    fs.symlinkSync('nowhere', join(path, 'symlink'));
    execFileSync('mkfifo', [join(path, 'fifo')]);
    const server = createServer().listen(join(path, 'socket'));
    await new Promise((done) => server.once('listening', done));
    const kinds = posix.readDir(fd).map(({ name, kind }) => [Buffer.from(name).toString(), kind]);
    for (const [name, kind] of kinds) {
      assert.equal(kind, name);
      assert.equal(posix.lstatAt(fd, bytes(name as string)).kind, name);
    }
    assert.equal(kinds.length, 4);
    await new Promise((done) => server.close(done));
  });

  test(`${posix.kind}: what is not there is undefined or ENOENT, as asked`, (t) => {
    const { path, fd } = folder(t, posix);
    assert.equal(posix.lstatIfThere(fd, bytes('nothing')), undefined);
    assert.throws(() => posix.lstatAt(fd, bytes('nothing')), { code: 'ENOENT' });
    fs.writeFileSync(join(path, 'something'), '');
    assert.equal(posix.lstatIfThere(fd, bytes('something'))?.size, 0);
  });

  test(`${posix.kind}: a folder of 10,000 names is listed whole, twice`, (t) => {
    const { path, fd } = folder(t, posix, PLACES.at(-1));
    for (let i = 0; i < 10_000; i++)
      fs.writeFileSync(join(path, `a file with a long name ${i}`), '');
    const first = new Set(posix.readDir(fd).map(({ name }) => Buffer.from(name).toString()));
    assert.equal(first.size, 10_000);
    assert.equal(posix.readDir(fd).length, 10_000);
  });

  test(`${posix.kind}: the bytes of a link's target come back`, (t) => {
    const { fd } = folder(t, posix);
    const target = Buffer.concat([
      bytes('../../'),
      Buffer.from([0xff, 0x0a]),
      Buffer.alloc(4000, 'a/'),
    ]);
    posix.symlinkAt(target, fd, bytes('link'));
    assert.deepEqual(Buffer.from(posix.readlinkAt(fd, bytes('link'))), target);
    assert.equal(posix.lstatAt(fd, bytes('link')).kind, 'symlink');
  });
}

test('an inode number is exact below 2^53 and differs above it by every bit', () => {
  assert.equal(foldInode(0xffff_ffff, 0x1f_ffff), Number.MAX_SAFE_INTEGER);
  assert.equal(foldInode(7, 0), 7);
  const folded = new Set<number>();
  for (let bit = 0; bit < 11; bit++) folded.add(foldInode(7, 2 ** (21 + bit)));
  assert.equal(folded.size, 11);
  for (const ino of folded) assert.ok(Number.isSafeInteger(ino) && ino >= 0);
});
