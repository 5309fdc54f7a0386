/** Programs from outside npm that the tests compare with or set things up with. */

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import process from 'node:process';

/** A program, or a file by a pattern, and the Debian package that has it. */
const TOOLS: readonly (readonly [program: string, debianPackage: string])[] = [
  ['rsync', 'rsync'],
  ['setfattr', 'attr'],
  ['setfacl', 'acl'],
  ['strace', 'strace'],
  ['tc', 'iproute2'],
  ['nft', 'nftables'],
  ['mkfs.ext4', 'e2fsprogs'],
  ['/usr/lib/*/faketime/libfaketime.so.1', 'libfaketime'],
];

function isInstalled(program: string): boolean {
  if (program.startsWith('/')) return globSync(program).length > 0;
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

function aptGet(...parameters: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', '-y', ...parameters], { env }).status === 0;
}

/**
 * Installs what is missing where that is possible: as root, on a system with apt. Elsewhere it says what
 * is missing; tests that need it skip themselves.
 */
export function ensureTestTools(): void {
  const missing = TOOLS.filter(([program]) => !isInstalled(program)).map(([, name]) => name);
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && isInstalled('apt-get')) {
    process.stdout.write(`Installing ${missing.join(', ')} for the tests ...\n`);
    const install = ['install', '--no-install-recommends', ...missing];
    if (aptGet(...install) || (aptGet('update') && aptGet(...install))) return;
  }
  process.stdout.write(`Not installed: ${missing.join(', ')}. Tests that need it are skipped.\n`);
}
