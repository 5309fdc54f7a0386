import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemCodeOf } from '../../src/base/errors.ts';
import { isKeptXattr } from '../../src/posix/xattr-names.ts';
import { bytes, folder, notRoot, PLACES, PORTS } from './fixture.ts';

const linux = PORTS.filter(({ abilities }) => abilities.xattrs);

/**
 * A POSIX ACL: version 2; owner rw, user 1234 r, group r, mask r, others none (acl(5),
 * linux/posix_acl_xattr.h).
 */
const ACL = Buffer.from(
  '0200000001000600ffffffff02000400d204000004000400ffffffff10000400ffffffff20000000ffffffff',
  'hex',
);
/**
 * vfs_cap_data of revision 2: cap_net_bind_service, permitted and effective (linux/capability.h).
 */
const CAPABILITY = Buffer.from('0100000200040000000000000000000000000000', 'hex');

for (const posix of linux) {
  for (const place of PLACES) {
    test(`in ${place}: attributes of a file come back sorted, by descriptor and by name`, (t) => {
      const { path, fd } = folder(t, posix, place);
      fs.writeFileSync(join(path, 'file'), '');
      const file = posix.openFile(fd, bytes('file'), fs.constants.O_RDWR);
      t.after(() => posix.close(file));
      const named = { dir: fd, name: bytes('file') };
      assert.equal(posix.hasXattrs(file), false);
      const odd = Buffer.concat([bytes('user.'), Buffer.from([0xff, 0x0a])]);
      try {
        posix.setXattr(file, bytes('user.zebra'), Buffer.from([0, 1, 255]));
      } catch (error) {
        assert.equal(systemCodeOf(error), 'ENOTSUP');
        t.skip(`the file system of ${place} keeps no user attributes`);
        return;
      }
      posix.setXattr(named, odd, new Uint8Array(0));
      posix.setXattr(named, bytes('user.apple'), bytes('core'));
      assert.equal(posix.hasXattrs(named), true);
      const expected = [
        ['user.apple', bytes('core')],
        ['user.zebra', Buffer.from([0, 1, 255])],
        [odd.toString('latin1'), Buffer.alloc(0)],
      ];
      for (const target of [file, named]) {
        const found = posix.xattrs(target);
        assert.deepEqual(
          found.map(({ name, value }) => [
            Buffer.from(name).toString('latin1'),
            Buffer.from(value),
          ]),
          expected,
        );
      }
      posix.removeXattr(file, bytes('user.zebra'));
      posix.removeXattr(named, odd);
      assert.equal(posix.xattrs(file).length, 1);
      assert.throws(() => posix.removeXattr(file, odd), { code: 'ENODATA' });
    });

    test(`in ${place}: ACLs are kept, of files and the default ones of folders`, (t) => {
      const { path, fd } = folder(t, posix, place);
      fs.writeFileSync(join(path, 'file'), '');
      fs.mkdirSync(join(path, 'dir'));
      const dir = posix.openDir(fd, bytes('dir'));
      t.after(() => posix.close(dir));
      posix.setXattr({ dir: fd, name: bytes('file') }, bytes('system.posix_acl_access'), ACL);
      posix.setXattr(dir, bytes('system.posix_acl_default'), ACL);
      const [acl] = posix.xattrs({ dir: fd, name: bytes('file') });
      assert.deepEqual(Buffer.from(acl?.value ?? []), ACL);
      assert.equal(posix.lstatAt(fd, bytes('file')).mode & 0o070, 0o040);
      assert.deepEqual(
        Buffer.from(posix.xattrs(dir)[0]?.name ?? []).toString(),
        'system.posix_acl_default',
      );
    });

    test(`in ${place}: capabilities, and attributes of links, for root`, { skip: notRoot }, (t) => {
      const { path, fd } = folder(t, posix, place);
      fs.writeFileSync(join(path, 'file'), '');
      fs.symlinkSync('file', join(path, 'link'));
      const link = { dir: fd, name: bytes('link') };
      posix.setXattr({ dir: fd, name: bytes('file') }, bytes('security.capability'), CAPABILITY);
      posix.setXattr(link, bytes('trusted.of-the-link'), bytes('1'));
      const names = (name: string): string[] =>
        posix
          .xattrs({ dir: fd, name: bytes(name) })
          .map((xattr) => Buffer.from(xattr.name).toString());
      assert.deepEqual(names('file'), ['security.capability']);
      assert.deepEqual(names('link'), ['trusted.of-the-link']);
      assert.throws(() => posix.setXattr(link, bytes('user.x'), bytes('1')), { code: 'EPERM' });
    });
  }

  test('a value of 64 KiB is the largest', { skip: notRoot }, (t) => {
    const { path, fd } = folder(t, posix, PLACES.at(-1));
    fs.writeFileSync(join(path, 'file'), '');
    const target = { dir: fd, name: bytes('file') };
    const large = Buffer.alloc(65_536, 'x');
    assert.throws(() => posix.setXattr(target, bytes('trusted.x'), Buffer.alloc(65_537)), {
      code: 'E2BIG',
    });
    try {
      posix.setXattr(target, bytes('trusted.x'), large);
    } catch (error) {
      assert.equal(systemCodeOf(error), 'ENOSPC', 'ext4 takes only what fits one block');
      return;
    }
    assert.deepEqual(Buffer.from(posix.xattrs(target)[0]?.value ?? []), large);
  });
}

test('only attributes that mean the same elsewhere are kept', () => {
  for (const name of ['user.a', 'trusted.a', 'security.capability', 'system.posix_acl_access']) {
    assert.equal(isKeptXattr(bytes(name)), true, name);
  }
  for (const name of [
    '',
    'user.',
    'user',
    'security.selinux',
    'trusted.overlay.opaque',
    'system.posix_acl_accessx',
  ]) {
    assert.equal(isKeptXattr(bytes(name)), false, name);
  }
});
