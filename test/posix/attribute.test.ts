import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Posix } from '../../src/posix/posix.ts';
import { bytes, folder, notRoot, PLACES, PORTS } from './fixture.ts';

const { O_RDWR } = fs.constants;

/** Sets by name and by descriptor, and looks both times. */
function timesComeBack(posix: Posix, path: string, fd: number, sec: number, nsec: number): void {
  const near = (got: { mtimeSec: number; mtimeNsec: number }): void => {
    const off = (got.mtimeSec - sec) * 1e9 + (got.mtimeNsec - nsec);
    assert.ok(Math.abs(off) <= (posix.abilities.nanoseconds ? 0 : 1000), `${off} ns off`);
  };
  posix.setTimesAt(fd, bytes('file'), sec, nsec);
  near(posix.lstatAt(fd, bytes('file')));
  fs.utimesSync(join(path, 'file'), 1, 1);
  const file = posix.openFile(fd, bytes('file'), O_RDWR);
  posix.futimens(file, sec, nsec);
  near(posix.fstat(file));
  posix.close(file);
}

for (const posix of PORTS) {
  for (const place of PLACES) {
    test(`${posix.kind} in ${place}: times come back, before 1970 and after 2038 too`, (t) => {
      const { path, fd } = folder(t, posix, place);
      fs.writeFileSync(join(path, 'file'), '');
      const times: [number, number][] = [
        [0, 0],
        [1_795_000_000, 123_456_789],
        [4_000_000_000, 1],
        [-7, 999_999_999],
      ];
      for (const [sec, nsec] of times) timesComeBack(posix, path, fd, sec, nsec);
    });
  }

  test(`${posix.kind}: the time and mode of a link leave its target alone`, (t) => {
    const { path, fd } = folder(t, posix);
    fs.writeFileSync(join(path, 'target'), '', { mode: 0o600 });
    fs.utimesSync(join(path, 'target'), 77, 77);
    fs.symlinkSync('target', join(path, 'link'));
    posix.setTimesAt(fd, bytes('link'), 42, 0);
    assert.equal(posix.lstatAt(fd, bytes('link')).mtimeSec, 42);
    assert.throws(() => posix.chmodAt(fd, bytes('link'), 0o777), { code: 'ENOTSUP' });
    const target = posix.lstatAt(fd, bytes('target'));
    assert.deepEqual([target.mtimeSec, target.mode], [77, 0o600]);
  });

  test(`${posix.kind}: all twelve bits of a mode are set, of files and folders`, (t) => {
    const { path, fd } = folder(t, posix);
    fs.writeFileSync(join(path, 'file'), '');
    fs.mkdirSync(join(path, 'dir'));
    posix.chmodAt(fd, bytes('file'), 0o6755);
    posix.chmodAt(fd, bytes('dir'), 0o1777);
    assert.equal(posix.lstatAt(fd, bytes('file')).mode, 0o6755);
    assert.equal(posix.lstatAt(fd, bytes('dir')).mode, 0o1777);
    const dir = posix.openDir(fd, bytes('dir'));
    posix.fchmod(dir, 0o750);
    assert.equal(posix.fstat(dir).mode, 0o750);
    posix.close(dir);
  });

  test(
    `${posix.kind}: a file and a link are given away, not the link's target`,
    { skip: notRoot },
    (t) => {
      const { path, fd } = folder(t, posix);
      fs.writeFileSync(join(path, 'target'), '');
      fs.symlinkSync('target', join(path, 'link'));
      posix.chownAt(fd, bytes('link'), 1234, 4321);
      const link = posix.lstatAt(fd, bytes('link'));
      assert.deepEqual([link.uid, link.gid], [1234, 4321]);
      assert.equal(posix.lstatAt(fd, bytes('target')).uid, 0);
      const file = posix.openFile(fd, bytes('target'), O_RDWR);
      posix.fchown(file, 0xffff_fffe, 5);
      assert.deepEqual([posix.fstat(file).uid, posix.fstat(file).gid], [0xffff_fffe, 5]);
      posix.close(file);
      assert.equal(posix.mayChown(), true);
    },
  );
}

for (const posix of PORTS.filter(({ abilities }) => abilities.nanoseconds)) {
  test("nanoseconds that mean 'now' to the kernel are refused", (t) => {
    const { path, fd } = folder(t, posix);
    fs.writeFileSync(join(path, 'file'), '');
    for (const nsec of [0x3fffffff, 0x3ffffffe, -1, 1e9, 0.5, Number.NaN]) {
      assert.throws(() => posix.setTimesAt(fd, bytes('file'), 1, nsec), { code: 'EINVAL' });
    }
  });
}
