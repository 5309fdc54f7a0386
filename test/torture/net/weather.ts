/** What a way is like while nothing strikes. */

import type { Random } from '../../rebuild/random-tree.ts';

export type Weather = {
  /** One way. */
  readonly delayMs: number;
  /** Each way; 0: as fast as the machine can. */
  readonly bytesPerSec: number;
  /** Of datagrams, in percent: TCP has its own below this. */
  readonly loss: number;
  readonly duplicates: number;
  /** Those that are overtaken by what comes up to 50 ms later. */
  readonly reordered: number;
};

export const FAIR: Weather = { delayMs: 0, bytesPerSec: 0, loss: 0, duplicates: 0, reordered: 0 };

const PIECE_BYTES = 1400;
/** Of a fast line a piece is as long as this takes: timers aren't any finer. */
const PIECE_MS = 4;
const MOST_QUEUED_BYTES = 32 * 1024;
/** What a slow line's router keeps of datagrams. */
const MOST_WAIT_MS = 1000;
const MOST_LATE_MS = 50;

type Piece = {
  readonly bytes: Buffer;
  readonly dueMs: number;
  readonly arrive: (bytes: Buffer) => void;
};

/** One direction of one connection or flow: says when what it is given arrives. */
export class Line {
  readonly #weather: () => Weather;
  readonly #random: Random;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Of a stream, in order: timers alone would not keep it. */
  readonly #queue: Piece[] = [];
  #freeAtMs = 0;
  #queuedBytes = 0;
  #onRoom: () => void = () => undefined;

  constructor(weather: () => Weather, random: Random) {
    this.#weather = weather;
    this.#random = random;
  }

  /**
   * Bytes of a stream: in order, none lost.
   * @param onRoom called when the sender may go on, after an answer of false
   */
  stream(bytes: Buffer, arrive: (bytes: Buffer) => void, onRoom: () => void): boolean {
    const { delayMs, bytesPerSec } = this.#weather();
    if (delayMs === 0 && bytesPerSec === 0 && this.#queue.length === 0) {
      arrive(bytes);
      return true;
    }
    this.#onRoom = onRoom;
    const pieceBytes = Math.max(PIECE_BYTES, Math.round((bytesPerSec * PIECE_MS) / 1000));
    const isIdle = this.#queue.length === 0;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      const waitMs = this.#sentMs(piece.length, bytesPerSec) + delayMs;
      this.#queue.push({ bytes: piece, dueMs: performance.now() + waitMs, arrive });
      this.#queuedBytes += piece.length;
    }
    if (isIdle) this.#wait();
    return this.#queuedBytes <= MOST_QUEUED_BYTES;
  }

  /** A datagram: never, once or twice, and not always in its turn. */
  datagram(bytes: Buffer, arrive: (bytes: Buffer) => void): void {
    const { delayMs, bytesPerSec, loss, duplicates, reordered } = this.#weather();
    if (this.#happens(loss)) return;
    if (this.#freeAtMs - performance.now() > MOST_WAIT_MS) return;
    const waitMs = this.#sentMs(bytes.length, bytesPerSec) + delayMs;
    const lateMs = this.#happens(reordered) ? 1 + this.#random(MOST_LATE_MS) : 0;
    this.#after(waitMs + lateMs, () => arrive(bytes));
    if (this.#happens(duplicates))
      this.#after(waitMs + this.#random(MOST_LATE_MS), () => arrive(bytes));
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#queue.length = 0;
  }

  #wait(): void {
    const [head] = this.#queue;
    if (head === undefined) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#deliver();
      },
      Math.max(0, head.dueMs - performance.now()),
    );
    this.#timers.add(timer);
  }

  #deliver(): void {
    const nowMs = performance.now();
    while ((this.#queue[0]?.dueMs ?? Infinity) <= nowMs) {
      const { bytes, arrive } = this.#queue.shift() as Piece;
      this.#queuedBytes -= bytes.length;
      arrive(bytes);
    }
    if (this.#queuedBytes < MOST_QUEUED_BYTES / 2) this.#onRoom();
    this.#wait();
  }

  /** How long until so much is on the line. */
  #sentMs(bytes: number, bytesPerSec: number): number {
    if (bytesPerSec === 0) return 0;
    const nowMs = performance.now();
    this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + (bytes * 1000) / bytesPerSec;
    return this.#freeAtMs - nowMs;
  }

  #happens(percent: number): boolean {
    return percent > 0 && this.#random(1000) < percent * 10;
  }

  #after(ms: number, work: () => void): void {
    if (ms === 0) return work();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
    return undefined;
  }
}
