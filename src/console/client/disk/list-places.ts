import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';

import { jsonPath } from '../../../base/json-path.ts';
import type { Path } from '../../api/common.ts';
import type { DiskFolder } from '../../api/client-api.ts';

const MOST_MOUNTS = 30;

/** File systems that people keep files on. */
const REAL =
  /^(?:ext[234]|xfs|btrfs|zfs|f2fs|jfs|reiserfs|bcachefs|vfat|exfat|msdos|ntfs3?|fuseblk|hfsplus|apfs|udf|nfs4?|cifs|smb3|sshfs|fuse\.\w+|9p|virtiofs|ceph|glusterfs|overlay)$/;
/** What of them belongs to the machine rather than to people. */
const NOT_FOR_PEOPLE =
  /^\/(?:boot|efi|snap|proc|sys|dev|run(?!\/media\/)|var\/(?:lib|snap)|etc|usr)(?:\/|$)/;
const NO_FOLDERS = /^fuse\.(?:gvfsd-fuse|portal|lxcfs|snapfuse)$/;

/** Where to begin to look for a folder: home, the root, file systems, and what was chosen lately. */
export async function listPlaces(recent: readonly Path[]): Promise<DiskFolder['places']> {
  const mounts = parseMounts(await readFile('/proc/mounts').catch(() => Buffer.alloc(0)));
  return [
    { kind: 'home', path: jsonPath(Buffer.from(homedir())) },
    { kind: 'root', path: { path: '/' } },
    ...mounts.map((path) => ({ kind: 'mount' as const, path: jsonPath(path) })),
    ...recent.map((path) => ({ kind: 'recent' as const, path })),
  ];
}

/** Where real file systems are mounted, by the table of fstab(5): not asked themselves, as one may not answer. */
export function parseMounts(table: Buffer): Buffer[] {
  const found = new Map<string, Buffer>();
  for (const line of table.toString('latin1').split('\n')) {
    const [, folder = '', type = ''] = line.split(' ');
    // A blank, a tab, a line break and a backslash are written in octal.
    const path = folder.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const isOne = REAL.test(type) && !NO_FOLDERS.test(type);
    if (isOne && path !== '/' && path.startsWith('/') && !NOT_FOR_PEOPLE.test(path))
      found.set(path, Buffer.from(path, 'latin1'));
  }
  return [...found.values()].slice(0, MOST_MOUNTS);
}
