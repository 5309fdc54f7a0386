import type { Clock } from '../../base/clock.ts';
import type { HubEvent } from '../../hub/hub-context.ts';
import type { LogLine } from '../api/hub-api.ts';

/** As many as the page shows. */
const MOST_LINES = 200;

/** The newest events of a hub, for who looks at the console later. */
export class EventLog {
  readonly #clock: Clock;
  /** A ring: the place of the next line is `#count` modulo its size. */
  readonly #lines: LogLine[] = [];
  #count = 0;
  #listener: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  add({ level, event, message, user, set, address, code }: HubEvent): void {
    this.#lines[this.#count % MOST_LINES] = {
      timeMs: this.#clock.nowMs(),
      level,
      event,
      message,
      user: user ?? null,
      set: set ?? null,
      address: address ?? null,
      code: code ?? null,
    };
    this.#count++;
    this.#listener?.();
  }

  /** Newest first. */
  lines(): LogLine[] {
    const next = this.#count % MOST_LINES;
    return [...this.#lines.slice(next), ...this.#lines.slice(0, next)].toReversed();
  }

  /** Who is told of each event; one at a time. @returns stops it */
  onChange(callback: () => void): () => void {
    this.#listener = callback;
    return () => {
      this.#listener = null;
    };
  }
}
