/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Clock, Timer } from '../../base/clock.ts';
import { RbError } from '../../base/errors.ts';
import { describeFault, failureOf } from './failures.ts';

/** Often enough for whatever lies between to keep the connection, and to find out that nobody reads any more. */
const HEARTBEAT_MS = 15_000;
/** Then the browser comes again by itself, and has to show a session that is good still. */
const LONGEST_MS = 24 * 60 * 60 * 1000;
const MAX_STREAMS = 64;
/** What may wait for a browser that reads slowly; who has more for it waits for `drained`. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Of this event only the newest counts. */
const MERGED = 'state';

declare module 'fastify' {
  interface FastifyInstance {
    eventStreams: EventStreams;
  }
}

/** A stream of events to one browser. Nothing of it throws; what is sent after the end goes nowhere. */
export interface EventStream {
  /** Aborted when the browser has gone, the session or the console has ended, or {@link end} was called. */
  readonly closed: AbortSignal;
  /**
   * Sends an event. Of the events named `state` only the newest is kept while the browser is slow; others are kept in
   * order, and a browser that has more than 4 MiB of them waiting is hung up on.
   *
   * @param data - becomes JSON during the call
   * @returns whether the browser keeps up; if not, wait for {@link drained} before sending much more
   */
  send(event: string, data: unknown): boolean;
  /** The same with data that is JSON already. */
  sendJson(event: string, json: string): boolean;
  /** Settles when the browser has taken in what waited, or the stream has ended. */
  drained(): Promise<void>;
  /** Sends the event `failed` with the error's Failure, and ends; what is no RbError is logged. */
  fail(error: unknown): void;
  /** Ends the stream after what was sent; may be called any number of times. */
  end(): void;
}

/** All streams of one console. */
export class EventStreams {
  readonly #clock: Clock;
  readonly #log: (message: string) => void;
  readonly #open = new Set<OpenStream>();
  #heartbeat: Timer | null = null;
  #closed = false;

  constructor(clock: Clock, log: (message: string) => void) {
    this.#clock = clock;
    this.#log = log;
  }

  get count(): number {
    return this.#open.size;
  }

  /**
   * Begins a stream as the answer to a request.
   *
   * @param isAllowed - asked before each event; when it says no, the stream ends
   * @throws RbError `busy` if there are 64 already, or the console is closing
   */
  open(answer: ServerResponse, request: IncomingMessage, isAllowed: () => boolean): EventStream {
    this.makeRoom();
    const untilMs = this.#clock.monotonicMs() + LONGEST_MS;
    const stream = new OpenStream(answer, { isAllowed, untilMs, log: this.#log });
    this.#open.add(stream);
    stream.closed.addEventListener('abort', () => this.#remove(stream), { once: true });
    // Before anything else: it may be gone while the request was looked at.
    if (request.socket.destroyed) stream.end();
    this.#heartbeat ??= this.#clock.setTimeout(() => this.#beat(), HEARTBEAT_MS);
    return stream;
  }

  /** @throws RbError `busy` if no more stream may begin */
  makeRoom(): void {
    if (!this.#closed && this.#open.size < MAX_STREAMS) return;
    throw new RbError('busy', 'Too many pages are open; close some of them and try again.', {
      retry: true,
    });
  }

  /** Ends all streams, and lets no more begin. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#open) stream.end();
    this.#heartbeat?.cancel();
    this.#heartbeat = null;
  }

  #beat(): void {
    this.#heartbeat = null;
    const nowMs = this.#clock.monotonicMs();
    for (const stream of this.#open) stream.beat(nowMs);
    if (this.#open.size === 0) return;
    this.#heartbeat = this.#clock.setTimeout(() => this.#beat(), HEARTBEAT_MS);
  }

  #remove(stream: OpenStream): void {
    this.#open.delete(stream);
    if (this.#open.size > 0) return;
    this.#heartbeat?.cancel();
    this.#heartbeat = null;
  }
}

type StreamTerms = {
  readonly isAllowed: () => boolean;
  /** By the monotonic clock. */
  readonly untilMs: number;
  readonly log: (message: string) => void;
};

class OpenStream implements EventStream {
  readonly #answer: ServerResponse;
  readonly #terms: StreamTerms;
  readonly #ended = new AbortController();
  /** The newest `state`, while the browser is slow. */
  #newest: string | null = null;
  #slow = false;
  #waiters: (() => void)[] = [];

  constructor(answer: ServerResponse, terms: StreamTerms) {
    this.#answer = answer;
    this.#terms = terms;
    answer.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    answer.on('drain', () => this.#drain());
    answer.on('close', () => this.#abort());
    answer.on('error', () => this.#abort());
    this.#write(': open\n\n');
  }

  get closed(): AbortSignal {
    return this.#ended.signal;
  }

  send(event: string, data: unknown): boolean {
    return this.sendJson(event, JSON.stringify(data ?? null));
  }

  sendJson(event: string, json: string): boolean {
    if (!this.#goesOn()) return false;
    // JSON has no line breaks, so it is one line of data.
    const text = `event: ${event}\ndata: ${json}\n\n`;
    if (event === MERGED && this.#slow) this.#newest = text;
    else this.#write(text);
    if (this.#answer.writableLength > MAX_WAITING_BYTES) this.#cut();
    return !this.#slow;
  }

  drained(): Promise<void> {
    if (!this.#slow || this.closed.aborted) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  fail(error: unknown): void {
    if (this.closed.aborted) return;
    const { failure, isFault } = failureOf(error);
    if (isFault) this.#terms.log(`An event stream of the console ended: ${describeFault(error)}`);
    this.send('failed', failure);
    this.end();
  }

  end(): void {
    if (this.closed.aborted) return;
    if (this.#newest !== null) this.#answer.write(this.#newest);
    this.#answer.end();
    this.#abort();
  }

  /** A sign of life, which no page sees. */
  beat(nowMs: number): void {
    if (nowMs >= this.#terms.untilMs) this.end();
    else if (this.#goesOn() && !this.#slow) this.#write(': \n\n');
  }

  #goesOn(): boolean {
    if (this.closed.aborted) return false;
    if (this.#terms.isAllowed()) return true;
    this.#newest = null;
    this.end();
    return false;
  }

  #write(text: string): void {
    if (!this.#answer.write(text)) this.#slow = true;
  }

  #drain(): void {
    this.#slow = false;
    const newest = this.#newest;
    this.#newest = null;
    if (newest !== null && this.#goesOn()) this.#write(newest);
    if (!this.#slow) this.#wake();
  }

  #cut(): void {
    this.#answer.destroy();
    this.#abort();
  }

  #abort(): void {
    this.#newest = null;
    this.#ended.abort();
    this.#wake();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

/** What of Fastify's request is needed here, whatever the types of its route. */
interface StreamRequest {
  readonly raw: IncomingMessage;
  readonly server: { readonly eventStreams: EventStreams; readonly sessionEpoch: () => string };
}

/**
 * Answers a request with a stream of events. It ends when the session does. The route returns after it without
 * sending anything.
 *
 * @throws RbError `busy` if there are too many streams; the reply is untouched then
 */
export function openEvents(
  reply: { readonly raw: ServerResponse; hijack(): unknown },
  request: StreamRequest,
): EventStream {
  const { eventStreams, sessionEpoch } = request.server;
  eventStreams.makeRoom();
  reply.hijack();
  const epoch = sessionEpoch();
  return eventStreams.open(reply.raw, request.raw, () => sessionEpoch() === epoch);
}
