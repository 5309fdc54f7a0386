import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytes, folder, PLACES, PORTS } from './fixture.ts';

const { O_RDONLY, O_RDWR } = fs.constants;
const MIB = 1024 * 1024;

for (const posix of PORTS) {
  for (const place of PLACES) {
    test(`${posix.kind} in ${place}: data and holes are found in turn`, (t) => {
      const { path, fd } = folder(t, posix, place);
      const file = join(path, 'sparse');
      fs.writeFileSync(file, '');
      fs.truncateSync(file, 8 * MIB);
      const open = posix.openFile(fd, bytes('sparse'), O_RDWR);
      posix.write(open, new Uint8Array(MIB).fill(1), 2 * MIB);
      const data = posix.nextData(open, 0);
      const hole = posix.nextHole(open, data);
      if (posix.abilities.holes) {
        assert.deepEqual([data, hole], [2 * MIB, 3 * MIB]);
        assert.equal(posix.nextData(open, hole), -1);
      } else assert.deepEqual([data, hole], [0, 8 * MIB]);
      assert.equal(posix.nextHole(open, 8 * MIB), -1);
      assert.equal(posix.nextData(open, 8 * MIB), -1);
      posix.close(open);
    });
  }

  test(`${posix.kind}: positions beyond 4 GiB are exact`, (t) => {
    const { path, fd } = folder(t, posix);
    fs.writeFileSync(join(path, 'far'), '');
    const open = posix.openFile(fd, bytes('far'), O_RDWR);
    const position = 5 * 1024 * MIB + 7;
    posix.write(open, bytes('far away'), position);
    assert.equal(posix.fstat(open).size, position + 8);
    const into = Buffer.alloc(8);
    assert.equal(posix.read(open, into, position), 8);
    assert.equal(into.toString(), 'far away');
    if (posix.abilities.holes) assert.ok(posix.nextData(open, 0) > 5 * 1024 * MIB - MIB);
    posix.close(open);
  });

  test(`${posix.kind}: a view into the middle of a buffer is filled, and nothing beside it`, (t) => {
    const { path, fd } = folder(t, posix);
    fs.writeFileSync(join(path, 'file'), 'abcdefgh');
    const open = posix.openFile(fd, bytes('file'), O_RDONLY);
    const whole = Buffer.alloc(12, '.');
    assert.equal(posix.read(open, whole.subarray(4, 8), 2), 4);
    assert.equal(whole.toString(), '....cdef....');
    assert.equal(posix.read(open, new Uint8Array(0), 0), 0);
    assert.throws(() => posix.write(open, bytes('x'), 0), { code: 'EBADF' });
    posix.close(open);
  });

  test(`${posix.kind}: a file system is synced, or it is said that it can't be`, (t) => {
    const { fd } = folder(t, posix);
    if (posix.abilities.syncfs) posix.syncfs(fd);
    else assert.throws(() => posix.syncfs(fd), { code: 'ENOTSUP' });
    posix.fsync(fd);
  });

  test(
    `${posix.kind}: a full disk is ENOSPC`,
    { skip: fs.existsSync('/dev/full') ? false : 'no /dev/full' },
    (t) => {
      const dev = posix.openRoot('/dev');
      t.after(() => posix.close(dev));
      const full = posix.openFile(dev, bytes('full'), O_RDWR);
      assert.throws(() => posix.write(full, bytes('x'), 0), { code: 'ENOSPC' });
      posix.close(full);
    },
  );
}
