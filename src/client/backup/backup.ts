import { basename } from 'node:path';

import { RbError, isRbError } from '../../base/errors.ts';
import { checkLabel } from '../../model/snapshot.ts';
import { Memory } from './memory.ts';
import type { BackupContext, BackupRequest, BackupResult } from './request.ts';
import { BackupRun } from './run.ts';

/**
 * Backs a folder or a file up: waits for the destinations that are asked for, scans, sends what the hub lacks, and
 * waits until as many copies as asked are verified.
 * @returns once the snapshot is durable at the hub, whatever came of the copies
 * @throws RbError when nothing was committed
 */
export async function backup(
  request: BackupRequest,
  context: BackupContext,
): Promise<BackupResult> {
  checkLabel('set', request.set);
  const { session } = context;
  const key = { user: session.welcome.user, host: session.host, set: request.set };
  const memory = await Memory.open(context.configDir, session.hub.fingerprint, key);
  try {
    return await attempt(request, context, memory);
  } catch (error) {
    // What is remembered is damaged, or the hub has lost what it relied on: once more, reading and offering everything.
    if (!isRbError(error, 'damaged-state') && !isRbError(error, 'missing-chunk')) throw error;
    await memory.discard(memory.path);
    return await attempt(request, context, memory);
  }
}

async function attempt(
  request: BackupRequest,
  context: BackupContext,
  memory: Memory,
): Promise<BackupResult> {
  const stream = context.session.connection.openStream({
    t: 'backup',
    set: request.set,
    host: context.session.host,
    sourcePath: request.source,
    recursive: request.recursive,
    delete: request.delete,
    copies: request.copies,
    waitMs: request.waitMs,
    dryRun: request.dryRun,
    memory: memory.snapshot(),
  });
  const run = new BackupRun(request, context, memory, stream);
  const abort = (): void =>
    run.fail(
      new RbError(
        'interrupted',
        'Interrupted; run the same command again and it goes on from there.',
      ),
    );
  context.signal.addEventListener('abort', abort);
  if (context.signal.aborted) abort();
  try {
    return await run.result();
  } finally {
    context.signal.removeEventListener('abort', abort);
  }
}

/** The default name of a set: the last part of the path. @throws usage if it can't be one */
export function defaultSetName(source: Uint8Array): string {
  const name = basename(Buffer.from(source).toString('utf8'));
  try {
    checkLabel('set', name);
    if (name.includes('\ufffd')) throw new Error('not UTF-8');
    return name;
  } catch (cause) {
    throw new RbError(
      'usage',
      "The folder's name can't be the name of a backup set; give one with --set NAME.",
      { cause },
    );
  }
}
