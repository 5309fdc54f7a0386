import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { RbError } from '../../base/errors.ts';
import { createBundlePool } from '../../chunk/bundles.ts';
import { backup, defaultSetName } from '../../client/backup/backup.ts';
import type { BackupRequest, BackupResult } from '../../client/backup/request.ts';
import { inspectSource } from '../../client/backup/source.ts';
import { leave } from '../../client/session.ts';
import type { HubSession } from '../../client/session.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import { absolutePath, argumentBytes } from '../argument-bytes.ts';
import { backupOptions } from '../backup-options.ts';
import type { BackupOptions } from '../backup-options.ts';
import { BackupReport } from '../backup-report.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import { readExcludes } from '../exclude-patterns.ts';
import { openHub, sessionContext } from '../open-hub.ts';
import { Output } from '../output.ts';

export function defineBackup(command: Command, cli: Cli): void {
  command
    .usage('[-rd] PATH [options]')
    .description(
      'Back a folder or a file up to the hub, and to as many destinations as asked. Only what is new there is sent.',
    )
    .argument('<path>', 'the folder or file')
    .action(async (path: string, options: BackupOptions) => await backUp(path, options, cli));
  for (const option of backupOptions()) command.addOption(option);
  addCommonOptions(command);
}

async function backUp(path: string, options: BackupOptions, cli: Cli): Promise<void> {
  const output = new Output(options, cli);
  const request = await requestOf(path, options, cli);
  const session = await openHub(options, cli);
  const key = { user: session.welcome.user, host: session.host, set: request.set };
  const report = new BackupReport({
    output,
    clock: systemClock,
    request,
    setName: formatSetKey(key),
  });
  await report.begin();
  try {
    const result = await transferTo(session, request, options, cli, report);
    report.end();
    cli.status = report.result(result, session.connection.bytesWritten, cli.signal.aborted);
  } finally {
    report.end();
    await leave(session);
  }
}

async function requestOf(path: string, options: BackupOptions, cli: Cli): Promise<BackupRequest> {
  if (path === '') throw new RbError('usage', 'PATH is empty; name a folder or a file.');
  const named = absolutePath(argumentBytes(path, cli.argv));
  const source = await inspectSource(named, options.recursive === true);
  return {
    source: source.path,
    what: source.what,
    set: options.set ?? defaultSetName(source.named),
    recursive: options.recursive === true,
    delete: options.delete === true,
    copies: options.copies ?? 0,
    waitMs: options.wait ?? null,
    exclude: await readExcludes(options.exclude ?? options.excludeFrom ?? []),
    dryRun: options.dryRun === true,
    listFiles: options.verbose === true || options.dryRun === true,
  };
}

async function transferTo(
  session: HubSession,
  request: BackupRequest,
  options: BackupOptions,
  cli: Cli,
  report: BackupReport,
): Promise<BackupResult> {
  const pool = createBundlePool();
  try {
    return await backup(request, {
      session,
      configDir: sessionContext(options, cli).configDir,
      pool,
      clock: systemClock,
      onEvent: (event) => report.event(event),
      signal: cli.signal,
    });
  } finally {
    await pool.close();
  }
}
