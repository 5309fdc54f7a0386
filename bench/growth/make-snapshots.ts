/**
 * A program of its own: adds snapshots of a changing tree by the client's real code, without a start of the program for each.
 * `make-snapshots.ts CONFIG PORT TREE FIRST COUNT`
 */

import process from 'node:process';

import { systemClock } from '../../src/base/clock.ts';
import { createBundlePool } from '../../src/chunk/bundles.ts';
import { backup, defaultSetName } from '../../src/client/backup/backup.ts';
import type { BackupRequest } from '../../src/client/backup/request.ts';
import { openSession } from '../../src/client/session.ts';
import { tlsTransport } from '../../src/transport/tls.ts';
import { HOST, USER } from '../ours/client.ts';
import { changeTree } from './changing-tree.ts';

const [configDir = '', port = '', tree = '', first = '1', count = '0'] = process.argv.slice(2);
const session = await openSession(
  { server: `127.0.0.1:${port}`, name: USER, host: HOST },
  { transport: tlsTransport, clock: systemClock, configDir },
);
const pool = createBundlePool();
const source = Buffer.from(tree);
const request: BackupRequest = {
  source,
  what: 'tree',
  set: defaultSetName(source),
  recursive: true,
  delete: true,
  copies: 0,
  waitMs: null,
  exclude: [],
  dryRun: false,
  listFiles: false,
};
for (let step = Number(first); step < Number(first) + Number(count); step += 1) {
  changeTree(tree, step);
  await backup(request, {
    session,
    configDir,
    pool,
    clock: systemClock,
    onEvent: () => undefined,
    signal: new AbortController().signal,
  });
}
session.connection.close();
await session.connection.closed;
await pool.close();
process.exit(0);
