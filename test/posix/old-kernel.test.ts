import assert from 'node:assert/strict';
import fs from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { attributeCalls } from '../../src/posix/linux/attribute-calls.ts';
import { loadLibc } from '../../src/posix/linux/libc.ts';
import type { Libc } from '../../src/posix/linux/libc.ts';
import { nameCalls } from '../../src/posix/linux/name-calls.ts';
import { PosixError } from '../../src/posix/posix-error.ts';
import { bytes, folder, notLinux, PORTS } from './fixture.ts';

/** A C library whose kernel fails one call always with this error, and does everything else. */
function libcWithout(call: 'renameat2' | 'fchmodat2', code: 'ENOSYS' | 'EINVAL' | 'EPERM'): Libc {
  const libc = loadLibc();
  let failed = false;
  const calls = new Proxy(libc.calls, {
    get: (target, key: keyof Libc['calls']) =>
      key === call
        ? () => {
            failed = true;
            return -1;
          }
        : (...args: never[]) => {
            failed = false;
            return (target[key] as (...given: never[]) => number)(...args);
          },
  });
  return {
    ...libc,
    calls,
    errno: () => (failed ? constants.errno[code] : libc.errno()),
    failure: (syscall) => (failed ? new PosixError(code, syscall) : libc.failure(syscall)),
  };
}

test('without renameat2 a file is still never replaced', { skip: notLinux }, (t) => {
  for (const code of ['ENOSYS', 'EINVAL'] as const) {
    const [posix] = PORTS;
    assert.ok(posix);
    const { path, fd } = folder(t, posix);
    const names = nameCalls(libcWithout('renameat2', code));
    fs.writeFileSync(join(path, 'a'), 'a');
    fs.writeFileSync(join(path, 'b'), 'b');
    const taken = { code: 'EEXIST', syscall: 'renameat2' };
    assert.throws(() => names.renameNoReplaceAt(fd, bytes('a'), fd, bytes('b')), taken);
    names.renameNoReplaceAt(fd, bytes('a'), fd, bytes('c'));
    assert.deepEqual(fs.readdirSync(path).toSorted(), ['b', 'c']);
  }
});

test(
  'without fchmodat2 a mode is set, and a link is still not followed',
  { skip: notLinux },
  (t) => {
    for (const code of ['ENOSYS', 'EPERM'] as const) {
      const [posix] = PORTS;
      assert.ok(posix);
      const { path, fd } = folder(t, posix);
      const attributes = attributeCalls(libcWithout('fchmodat2', code));
      fs.writeFileSync(join(path, 'file'), '', { mode: 0o600 });
      fs.symlinkSync('file', join(path, 'link'));
      for (const mode of [0o4711, 0o640]) {
        attributes.chmodAt(fd, bytes('file'), mode);
        assert.equal(posix.lstatAt(fd, bytes('file')).mode, mode);
      }
      assert.throws(() => attributes.chmodAt(fd, bytes('link'), 0o777), { code: 'ENOTSUP' });
      assert.throws(() => attributes.chmodAt(fd, bytes('nothing'), 0o777), { code: 'ENOENT' });
      assert.equal(posix.lstatAt(fd, bytes('file')).mode, 0o640);
    }
  },
);
