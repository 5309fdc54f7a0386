import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { onExit } from '../measure/cleanup.ts';
import { run } from '../measure/shell.ts';

/** An ssh server of the bench's own, on loopback, with keys that are gone with it. */
export interface SshServer {
  /** For rsync's `-e`. */
  readonly remoteShell: string;
  readonly login: string;
  stop(): void;
}

const START_ATTEMPTS = 50;

/** Starts sshd with its default ciphers on a free loopback port and waits until it answers. */
export async function startSshd(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rbbackup-bench-sshd-'));
  chmodSync(folder, 0o700);
  for (const key of ['host', 'user']) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  }
  const port = await freePort();
  writeFileSync(join(folder, 'config'), serverConfig(folder, port));
  const hostKey = readFileSync(join(folder, 'host.pub'), 'utf8');
  writeFileSync(join(folder, 'known-hosts'), `[127.0.0.1]:${port} ${hostKey}`);
  // Where sshd, as root, goes without rights; Debian's service makes it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'config')], {
    stdio: 'ignore',
  });
  const undo = (): void => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const forget = onExit(undo);
  const remoteShell = [
    `ssh -F none -p ${port} -i ${join(folder, 'user')} -o IdentitiesOnly=yes`,
    `-o StrictHostKeyChecking=yes -o UserKnownHostsFile=${join(folder, 'known-hosts')}`,
  ].join(' ');
  const server: SshServer = {
    remoteShell,
    login: `${userInfo().username}@127.0.0.1`,
    stop(): void {
      undo();
      forget();
    },
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run('sh', ['-c', `${remoteShell} ${server.login} true`]);
      return server;
    } catch (error) {
      if (attempt < START_ATTEMPTS && child.exitCode === null) continue;
      server.stop();
      throw error;
    }
  }
}

function serverConfig(folder: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'user.pub')}`,
    `PidFile ${join(folder, 'pid')}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'UsePAM no',
    'StrictModes no',
    // The default turns connections away when more than ten log in at once.
    'MaxStartups 100',
    '',
  ].join('\n');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('There is no port.'));
        else resolve(address.port);
      });
    });
  });
}
