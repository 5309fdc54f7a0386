import { RbError, isRbError, toRbError } from '../../base/errors.ts';
import { startScan } from '../../scan/scanner.ts';
import type { ScanHandle } from '../../scan/scanner.ts';
import type { ScanEvent, ScanSkipped, ScanTotals } from '../../scan/protocol.ts';
import type { Stream } from '../../transport/transport.ts';
import type { Committed, Copy, Held, Progress, Start } from '../../wire/messages-backup.ts';
import { ChunkReader } from '../chunk-reader.ts';
import { writeBaseState } from './base-state.ts';
import { CopiesWanted } from './copies-wanted.ts';
import type { Memory } from './memory.ts';
import { Outbox } from './outbox.ts';
import { ProgressReport } from './progress-report.ts';
import type { BackupContext, BackupRequest, BackupResult } from './request.ts';

/** One run on one stream: from its first message to its END, or to the error that ends it. */
export class BackupRun {
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
  #isOver = false;
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
      const leavePlace = await this.#place();
      const totals = await this.#or(this.#scanAndSend(statePath, nextStatePath, start)).finally(
        leavePlace,
      );
      if (this.#request.dryRun) return this.#resultOf(null, totals, null);
      return await this.#commit(totals, nextStatePath);
    } catch (error) {
      this.#stream.fail(toRbError(error));
      throw error;
    } finally {
      this.#isOver = true;
      this.#wanted.stop();
      this.#scan?.stop();
      await this.#scan?.done.catch(() => undefined);
      // What can't be removed now a later run removes.
      for (const path of scratch) await this.#memory.discard(path).catch(() => undefined);
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

  /**
   * What the scan compares with: the memory, or the set's newest snapshot as far as the hub and the memory know it. Null if
   * there is none, or if the hub has lost some of it: then everything is read, and is whole again.
   */
  async #baseState(start: Start, scratch: string[]): Promise<string | null> {
    const { latest } = start;
    this.#context.onEvent({ t: 'started', otherSource: this.#otherSource(start) });
    if (latest === null) return null;
    const remembered = this.#memory.snapshot();
    if (remembered !== null && Buffer.from(remembered).equals(latest.id)) return this.#memory.path;
    const reader = new ChunkReader(this.#context.session.connection, this.#context.pool);
    try {
      const path = await writeBaseState(this.#memory, reader, latest.id);
      // It may be done only after the run has failed, when nobody looks at it any more.
      if (this.#isOver) await this.#memory.discard(path);
      scratch.push(path);
      return path;
    } catch (error) {
      if (isRbError(error, 'missing-chunk') || isRbError(error, 'damaged-chunk')) return null;
      throw error;
    } finally {
      reader.close();
    }
  }

  #otherSource({ latest }: Start): Uint8Array | null {
    if (latest === null || Buffer.from(latest.sourcePath).equals(this.#request.source)) return null;
    return latest.sourcePath;
  }

  async #place(): Promise<() => void> {
    const place = this.#context.takePlace?.();
    if (place === undefined) return () => undefined;
    try {
      return await this.#or(place);
    } catch (error) {
      // It may still be given when nobody needs it any more.
      void place.then((leavePlace) => leavePlace()).catch(() => undefined);
      throw error;
    }
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
    const { snapshot, held = null } = await this.#or(this.#committed.promise);
    this.#isCommitted = true;
    // Without it the next run asks the hub; that must not make this one look as if it had failed.
    await this.#memory.keep(nextStatePath, snapshot).catch(() => undefined);
    this.#context.onEvent({ t: 'committed', snapshot });
    // From here on nothing makes the snapshot undone: a lost connection only ends the waiting for copies.
    // While it is held back, no copy of it will come.
    if (this.#request.copies > 0 && held === null) await this.#wanted.settled(this.#context.signal);
    this.#stream.end();
    return this.#resultOf(snapshot, totals, held);
  }

  #resultOf(snapshot: Uint8Array | null, totals: ScanTotals, held: Held | null): BackupResult {
    if (snapshot === null) this.#stream.end();
    return {
      snapshot,
      totals,
      sentChunks: this.#outbox?.wantedChunks ?? 0,
      sentPlainBytes: this.#outbox?.wantedBytes ?? 0,
      copies: this.#wanted.copies,
      skipped: this.#skipped,
      hasCopies: this.#wanted.verified >= this.#request.copies,
      held,
    };
  }
}
