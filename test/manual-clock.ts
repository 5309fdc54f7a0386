/** A clock that stands still until a test turns it. */

import type { Clock, Timer } from '../src/base/clock.ts';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Both of its times advance together, and only by {@link advance}; the wall can also jump. */
export class ManualClock implements Clock {
  #monotonicMs = 0;
  #wallMs: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(wallMs: number = Date.UTC(2026, 0, 1)) {
    this.#wallMs = wallMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const dueMs = this.#monotonicMs + Math.max(1, delayMs);
    const entry: Pending = { dueMs, order: this.#order++, callback };
    this.#pending.add(entry);
    return { cancel: () => void this.#pending.delete(entry) };
  }

  /** Timers that are neither cancelled nor called. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Sets the wall clock alone, as an administrator or NTP may. */
  jumpWall(wallMs: number): void {
    this.#wallMs = wallMs;
  }

  /** Lets time pass; calls what falls due on the way, in order, each at its own time. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      const next = this.#nextDueBy(endMs);
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#moveTo(next.dueMs);
      next.callback();
    }
    this.#moveTo(endMs);
  }

  #nextDueBy(endMs: number): Pending | undefined {
    let first: Pending | undefined;
    for (const entry of this.#pending) {
      if (entry.dueMs > endMs) continue;
      const earlier = first === undefined || entry.dueMs < first.dueMs;
      if (earlier || (entry.dueMs === first?.dueMs && entry.order < first.order)) first = entry;
    }
    return first;
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}
