import { existsSync } from 'node:fs';
import process from 'node:process';

import { run } from '../measure/shell.ts';

/** Programs that the bench needs, and Debian's package for each. */
const PROGRAMS: readonly (readonly [path: string, packageName: string])[] = [
  ['/usr/bin/time', 'time'],
  ['/usr/bin/rsync', 'rsync'],
  ['/usr/bin/restic', 'restic'],
  ['/usr/bin/borg', 'borgbackup'],
  ['/usr/bin/ssh', 'openssh-client'],
  ['/usr/sbin/sshd', 'openssh-server'],
];

/**
 * Installs the peers that are missing.
 *
 * @throws Error if some are missing and this isn't root on a machine with apt-get
 */
export async function installPeers(log: (line: string) => void): Promise<void> {
  const missing = PROGRAMS.filter(([path]) => !existsSync(path)).map(([, name]) => name);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `The bench needs ${missing.join(', ')}. Install them and try again: ${command}`,
    );
  }
  log(`Installing ${missing.join(', ')}`);
  await run('apt-get', ['update', '-qq']);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    // RUNLEVEL=1 keeps invoke-rc.d from starting the machine's own sshd: the bench starts one itself.
    env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
}
