import { RbError, toRbError } from '../../base/errors.ts';
import type { SharedLease } from '../../base/shared-arena.ts';
import { verifyBundle } from '../../chunk/bundles.ts';
import { decodeBundle } from '../../model/bundle.ts';
import type { Bundle } from '../../model/bundle.ts';
import type { Stream } from '../../transport/transport.ts';
import type { Finish, Offer } from '../../wire/messages-backup.ts';
import type { Incoming } from '../../wire/messages.ts';
import { MAX_OPEN_OFFERS } from '../../wire/wire-limits.ts';
import type { HubContext } from '../hub-context.ts';
import { PageCheck } from '../page-check.ts';
import { Signal } from '../signal.ts';
import { Throttle } from '../throttle.ts';
import type { Breaker } from './breaker.ts';
import { requireFooting } from './footing.ts';
import type { Footing } from './footing.ts';
import type { Run } from './run.ts';
import type { WantWindow, Wants } from './want-window.ts';

/** Records that were fetched from the stream and are being checked or written: more are not fetched. */
const IN_HAND_BYTES = 8 * 1024 * 1024;
/** Log items and bundles that are being dealt with. */
const IN_HAND_STEPS = 1024;
const COPIES_EVERY_MS = 250;

/**
 * Takes in what an origin sends. Bundles are checked in the pool several at a time; everything else happens in the
 * order of the stream, one step behind the other: so a page is looked at when all that was sent before it is in the
 * vault. The first error fails the stream, and through it everything here.
 */
export class Intake {
  readonly #hub: HubContext;
  readonly #run: Run;
  readonly #stream: Stream;
  readonly #window: WantWindow;
  readonly #offers: { readonly seq: number; readonly offer: Offer; wants: Wants | null }[] = [];
  /** A step was done. */
  readonly #stepped: Signal = new Signal();
  readonly #copies: Throttle;
  #check: PageCheck | null = null;
  #footing: Footing | null = null;
  #breaker: Breaker | null = null;
  #incoming: Promise<Incoming | null> | null = null;
  #tail: Promise<void> = Promise.resolve();
  #failure: RbError | null = null;
  #inHandBytes = 0;
  #inHandSteps = 0;
  #offCopies: (() => void) | null = null;

  constructor(hub: HubContext, run: Run, stream: Stream) {
    this.#hub = hub;
    this.#run = run;
    this.#stream = stream;
    this.#window = run.window;
    this.#copies = new Throttle(hub.clock, COPIES_EVERY_MS, () => {
      void stream.send({ t: 'copies', copies: run.copies.list() }).catch(() => undefined);
    });
  }

  /** What comes next on the stream, without taking it: it stays the next until it is taken. */
  peek(): Promise<Incoming | null> {
    this.#incoming ??= this.#stream.next();
    return this.#incoming;
  }

  /** Takes what comes next; null when the origin has ended. */
  async next(): Promise<Incoming | null> {
    const incoming = await this.peek();
    this.#incoming = null;
    return incoming;
  }

  /** Takes whatever comes until the origin ends; none of it is of use any more. */
  async drain(): Promise<void> {
    for (let left = await this.next(); left !== null; left = await this.next()) {
      if (left.t === '#bundle') left.record.release();
    }
  }

  /** Sends the states of the copies now and whenever they change. */
  tellCopies(): void {
    if (this.#offCopies !== null) return;
    this.#offCopies = this.#run.copies.changed.on(() => this.#copies.poke());
    this.#copies.poke();
  }

  stop(): void {
    this.#offCopies?.();
    this.#copies.stop();
  }

  /**
   * Takes everything up to `finish`, and waits for what was wanted.
   *
   * @param trusted pages that need not be checked again
   * @param footing as it was when the run began
   * @param breaker is told each page before readers can see it
   * @throws RbError
   */
  async takeAll(
    trusted: readonly Uint8Array[],
    footing: Footing,
    breaker: Breaker,
  ): Promise<Finish> {
    const { vault, chunks } = this.#hub;
    this.#footing = footing;
    this.#breaker = breaker;
    const check = new PageCheck(
      {
        plain: (id) => chunks.plain(id),
        has: (id) => vault.has(id),
        isComing: (id) => this.#window.isComing(id),
      },
      trusted,
    );
    this.#check = check;
    if (this.#run.request.copies > 0) this.tellCopies();
    try {
      const finish = await this.#takeUntilFinish();
      await this.#takeWhatIsMissing();
      await check.finish();
      return finish;
    } catch (error) {
      this.stop();
      // Nothing may be appended any more once the caller knows.
      this.#failure ??= toRbError(error);
      await this.#tail;
      throw this.#failure;
    }
  }

  async #takeUntilFinish(): Promise<Finish> {
    for (;;) {
      const incoming = await this.next();
      if (incoming === null) {
        throw new RbError('connection-lost', 'The origin ended before its run was finished.');
      }
      if (incoming.t === 'finish') return incoming;
      await this.#take(incoming);
    }
  }

  async #takeWhatIsMissing(): Promise<void> {
    while (!this.#window.isEmpty || this.#offers.length > 0 || this.#inHandSteps > 0) {
      if (this.#failure !== null) throw this.#failure;
      const stepped = this.#stepped.next();
      const incoming = await Promise.race([this.peek(), stepped.then(() => 'stepped' as const)]);
      if (incoming !== 'stepped') this.#incoming = null;
      if (incoming === null && !this.#window.isEmpty && this.#inHandSteps === 0) {
        throw new RbError(
          'connection-lost',
          'The origin ended without sending all that was asked for.',
        );
      }
      if (incoming === null) await stepped;
      else if (incoming !== 'stepped') await this.#take(incoming);
    }
    if (this.#failure !== null) throw this.#failure;
  }

  async #take(incoming: Incoming): Promise<void> {
    const run = this.#run;
    switch (incoming.t) {
      case 'offer':
        this.#takeOffer(incoming);
        break;
      case '#bundle':
        await this.#takeBundle(incoming.record);
        break;
      case 'page':
        await this.#step(0, async () => {
          const entries = await (this.#check as PageCheck).page(incoming.id);
          await this.#breaker?.page(incoming.id, entries);
          run.log.addPage(incoming.id);
        });
        break;
      case 'part': {
        const { path, offset, id, bytes, depth } = incoming;
        await this.#step(0, async () =>
          run.log.addPart({ k: 'part', path, offset, id, bytes, depth }),
        );
        break;
      }
      case 'progress':
        run.progress = incoming;
        break;
      default:
        throw new RbError('protocol', `An origin sent "${incoming.t}" in its run.`);
    }
  }

  #takeOffer(offer: Offer): void {
    if (this.#offers.length >= MAX_OPEN_OFFERS) {
      throw new RbError(
        'protocol',
        `More than ${MAX_OPEN_OFFERS} offers were made without an answer.`,
      );
    }
    this.#offers.push({ seq: offer.seq, offer, wants: null });
    this.#answerOffers();
  }

  /** Answers offers in their order for as long as there is room: the origin waits for the rest. */
  #answerOffers(): void {
    for (let head = this.#offers[0]; head !== undefined; head = this.#offers[0]) {
      // What has come into the vault meanwhile may make it smaller.
      head.wants = this.#window.compare(head.offer);
      if (!this.#window.fits(head.wants)) return;
      this.#window.open(head.wants);
      this.#offers.shift();
      void this.#stream
        .send({ t: 'want', seq: head.seq, bits: head.wants.bits })
        .catch(() => undefined);
    }
  }

  async #takeBundle(record: SharedLease): Promise<void> {
    let bundle: Bundle;
    try {
      bundle = decodeBundle(record.bytes);
      this.#window.arriving(bundle);
    } catch (error) {
      record.release();
      throw error;
    }
    const verified = verifyBundle(this.#hub.pool, record.range, null);
    // It may fail before its turn comes to say so.
    verified.catch(() => undefined);
    const release = (): void => record.release();
    await this.#step(
      record.bytes.length,
      async () => {
        await verified;
        await this.#append(record, bundle);
        // All that would come now would be for nothing.
        requireFooting(this.#hub, this.#footing as Footing);
        this.#window.arrived(bundle);
        this.#run.changed.notify();
        this.#answerOffers();
      },
      // A thread may still look at it when its step was given up.
      () => void verified.then(release, release),
    );
  }

  async #append(record: SharedLease, bundle: Bundle): Promise<void> {
    const { vault, limits } = this.#hub;
    const { user } = this.#run.login;
    const isNew = bundle.chunks.some(({ id }) => !vault.has(id));
    if (isNew) limits.admitBytes(user, record.bytes.length);
    await vault.append(record, bundle);
    if (isNew) limits.added(user, record.bytes.length);
  }

  /** Queues a step behind all others, and `after`, which is called in any case; resolves when there is room for the next. */
  async #step(
    bytes: number,
    step: () => Promise<void>,
    after: () => void = (): void => undefined,
  ): Promise<void> {
    this.#inHandBytes += bytes;
    this.#inHandSteps++;
    this.#tail = this.#tail.then(async () => {
      try {
        if (this.#failure === null) await step();
      } catch (error) {
        this.#failure ??= toRbError(error);
        this.#stream.fail(this.#failure);
      }
      after();
      this.#inHandBytes -= bytes;
      this.#inHandSteps--;
      this.#stepped.notify();
    });
    while (this.#inHandBytes > IN_HAND_BYTES || this.#inHandSteps > IN_HAND_STEPS) {
      await this.#stepped.next();
    }
  }
}
