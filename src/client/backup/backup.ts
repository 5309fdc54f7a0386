import { basename } from 'node:path';

import { RbError, isRbError, toRbError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import { checkLabel } from '../../model/snapshot.ts';
import { startScan } from '../../scan/scanner.ts';
import type { ScanHandle } from '../../scan/scanner.ts';
import type { ScanEvent, ScanSkipped, ScanTotals, ScanWhat } from '../../scan/protocol.ts';
import type { Stream } from '../../transport/transport.ts';
import type { Committed, Copy, Progress, Start } from '../../wire/messages-backup.ts';
import { ChunkReader } from '../chunk-reader.ts';
import type { HubSession } from '../session.ts';
import { writeBaseState } from './base-state.ts';
import { CopiesWanted } from './copies-wanted.ts';
import { Memory } from './memory.ts';
import { Outbox } from './outbox.ts';
import { ProgressReport } from './progress-report.ts';

export type BackupRequest = {
  /** Absolute path as bytes. */
  readonly source: Uint8Array;
  readonly what: ScanWhat;
  readonly set: string;
  readonly recursive: boolean;
  /** -d: what is gone here goes from the newest state. */
  readonly delete: boolean;
  readonly copies: number;
  /** How long to wait for destinations in all; null: for ever. */
  readonly waitMs: number | null;
  readonly exclude: readonly string[];
  readonly dryRun: boolean;
  readonly listFiles: boolean;
};

/** What is told on the way. */
export type BackupEvent =
  | { readonly t: 'queued'; readonly behind: string }
  | { readonly t: 'contended'; readonly by: string }
  | {
      readonly t: 'waiting';
      readonly connected: number;
      readonly needed: number;
      readonly names: readonly string[];
    }
  | { readonly t: 'started'; readonly otherSource: Uint8Array | null }
  | Progress
  | {
      readonly t: 'files';
      readonly paths: readonly Uint8Array[];
      readonly deleted: readonly Uint8Array[];
    }
  | ScanSkipped
  | { readonly t: 'committed'; readonly snapshot: Uint8Array }
  | { readonly t: 'copies'; readonly copies: readonly Copy[] };

export type BackupResult = {
  /** Null after a dry run. */
  readonly snapshot: Uint8Array | null;
  readonly totals: ScanTotals;
  /** Chunks the hub lacked, and their plain bytes. */
  readonly sentChunks: number;
  readonly sentPlainBytes: number;
  readonly copies: readonly Copy[];
  readonly skipped: readonly ScanSkipped[];
  /** Whether as many verified copies as asked were there at the end. */
  readonly hasCopies: boolean;
};

export type BackupContext = {
  readonly session: HubSession;
  readonly configDir: string;
  readonly pool: WorkerPool;
  readonly clock: Clock;
  readonly onEvent: (event: BackupEvent) => void;
  /** Ends the run; nothing of it counts, but what arrived at the hub isn't sent again. */
  readonly signal: AbortSignal;
};

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

class BackupRun {
  readonly #request: BackupRequest;
  readonly #context: BackupContext;
  readonly #memory: Memory;
  readonly #stream: Stream;
  readonly #failed = Promise.withResolvers<never>();
  readonly #started = Promise.withResolvers<Start>();
  readonly #committed = Promise.withResolvers<Committed>();
  readonly #skipped: ScanSkipped[] = [];
  readonly #progress: ProgressReport;
  readonly #wanted: CopiesWanted;
  #outbox: Outbox | null = null;
  #scan: ScanHandle | null = null;
  #isCommitted = false;

  constructor(request: BackupRequest, context: BackupContext, memory: Memory, stream: Stream) {
    this.#request = request;
    this.#context = context;
    this.#memory = memory;
    this.#stream = stream;
    this.#failed.promise.catch(() => undefined);
    this.#progress = new ProgressReport(context.clock, (progress) => this.#report(progress));
    this.#wanted = new CopiesWanted(request.copies, request.waitMs, context.clock);
  }

  /** Ends the run with an error; the first one counts. */
  fail(error: unknown): void {
    this.#failed.reject(toRbError(error));
  }

  async result(): Promise<BackupResult> {
    void this.#listen();
    const scratch: string[] = [];
    try {
      const start = await this.#or(this.#started.promise);
      const statePath = await this.#or(this.#baseState(start, scratch));
      const nextStatePath = this.#memory.scratchPath('next');
      scratch.push(nextStatePath);
      const totals = await this.#or(this.#scanAndSend(statePath, nextStatePath, start));
      if (this.#request.dryRun) return this.#resultOf(null, totals);
      return await this.#commit(totals, nextStatePath);
    } catch (error) {
      this.#stream.fail(toRbError(error));
      throw error;
    } finally {
      this.#wanted.stop();
      this.#scan?.stop();
      await this.#scan?.done.catch(() => undefined);
      for (const path of scratch) await this.#memory.discard(path);
    }
  }

  async #or<T>(work: Promise<T>): Promise<T> {
    return await Promise.race([work, this.#failed.promise]);
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#stream.next();
        if (message === null)
          throw new RbError('connection-lost', 'The hub ended the run.', { retry: true });
        if (message.t === 'want' && 'bits' in message) this.#outbox?.want(message);
        else if (message.t === 'start') this.#started.resolve(message);
        else if (message.t === 'committed') this.#committed.resolve(message);
        else if (message.t === 'copies') this.#copies(message.copies);
        else if (message.t === 'queued' || message.t === 'contended' || message.t === 'waiting')
          this.#context.onEvent(message);
      }
    } catch (error) {
      this.fail(error);
      this.#wanted.lost();
    }
  }

  #copies(copies: readonly Copy[]): void {
    this.#wanted.update(copies);
    this.#context.onEvent({ t: 'copies', copies });
  }

  /** What the scan compares with: the memory, or the set's newest snapshot as far as the hub and the memory know it. */
  async #baseState(start: Start, scratch: string[]): Promise<string | null> {
    const { latest } = start;
    this.#context.onEvent({ t: 'started', otherSource: this.#otherSource(start) });
    if (latest === null) return null;
    const remembered = this.#memory.snapshot();
    if (remembered !== null && Buffer.from(remembered).equals(latest.id)) return this.#memory.path;
    const reader = new ChunkReader(this.#context.session.connection, this.#context.pool);
    try {
      const path = await writeBaseState(this.#memory, reader, latest.id);
      scratch.push(path);
      return path;
    } finally {
      reader.close();
    }
  }

  #otherSource({ latest }: Start): Uint8Array | null {
    if (latest === null || Buffer.from(latest.sourcePath).equals(this.#request.source)) return null;
    return latest.sourcePath;
  }

  async #scanAndSend(
    statePath: string | null,
    nextStatePath: string,
    start: Start,
  ): Promise<ScanTotals> {
    const { source, what, exclude, listFiles, dryRun } = this.#request;
    const outbox = new Outbox({
      stream: this.#stream,
      pool: this.#context.pool,
      dryRun,
      giveBack: (arena) => this.#scan?.giveBack(arena),
      fail: (error) => this.fail(error),
    });
    this.#outbox = outbox;
    const keepDeleted = !this.#request.delete;
    const forget = !start.memoryIsGood;
    const { latest } = start;
    // The bars begin with what there was the last time; without that the scan counts.
    const expected =
      latest === null ? {} : { expected: { files: latest.files, bytes: latest.bytes } };
    const base = {
      root: source,
      what,
      statePath,
      nextStatePath,
      keepDeleted,
      exclude,
      listFiles,
      forget,
    };
    const scanRequest = { ...base, ...expected };
    this.#scan = startScan(scanRequest, (event) => this.#onScan(event, outbox));
    const totals = await this.#scan.done;
    await outbox.drained();
    this.#progress.finish(totals);
    return totals;
  }

  #onScan(event: ScanEvent, outbox: Outbox): void {
    switch (event.t) {
      case 'chunks':
        return outbox.chunks(event);
      case 'part': {
        const { path, offset, id, bytes, depth } = event;
        return outbox.item({ t: 'part', path, offset, id, bytes, depth });
      }
      case 'page':
        return outbox.item({ t: 'page', id: event.id });
      case 'progress':
        return this.#progress.at(event);
      case 'total':
        return this.#progress.total(event);
      case 'skipped':
        this.#skipped.push(event);
        return this.#context.onEvent(event);
      case 'files':
        return this.#context.onEvent(event);
      case 'done':
      case 'failed':
        return undefined;
    }
  }

  #report(progress: Progress): void {
    this.#context.onEvent(progress);
    if (!this.#request.dryRun && !this.#isCommitted)
      this.#stream.send(progress).catch((error: unknown) => this.fail(error));
  }

  async #commit(totals: ScanTotals, nextStatePath: string): Promise<BackupResult> {
    const { files, dirs, bytes, skipped } = totals;
    await this.#or(this.#stream.send({ t: 'finish', files, dirs, bytes, skipped }));
    const { snapshot } = await this.#or(this.#committed.promise);
    this.#isCommitted = true;
    await this.#memory.keep(nextStatePath, snapshot);
    this.#context.onEvent({ t: 'committed', snapshot });
    // From here on nothing makes the snapshot undone: a lost connection only ends the waiting for copies.
    if (this.#request.copies > 0) await this.#wanted.settled(this.#context.signal);
    this.#stream.end();
    return this.#resultOf(snapshot, totals);
  }

  #resultOf(snapshot: Uint8Array | null, totals: ScanTotals): BackupResult {
    if (snapshot === null) this.#stream.end();
    return {
      snapshot,
      totals,
      sentChunks: this.#outbox?.wantedChunks ?? 0,
      sentPlainBytes: this.#outbox?.wantedBytes ?? 0,
      copies: this.#wanted.copies,
      skipped: this.#skipped,
      hasCopies: this.#wanted.verified >= this.#request.copies,
    };
  }
}
