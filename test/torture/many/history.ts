/** What happened, in order: so that a fault can be understood, whose interleaving never comes again. */

import { appendFileSync } from 'node:fs';

/** Lines that are shown with a fault. */
const SHOWN_LINES = 40;
const MOST_KEPT = 5000;

export class History {
  readonly faults: string[] = [];
  readonly #path: string;
  readonly #beganMs = performance.now();
  readonly #lines: string[] = [];
  /** By what was done, how often, and how it ended. */
  readonly counts = new Map<string, number>();

  /** @param path of a file that gets every line */
  constructor(path: string) {
    this.#path = path;
  }

  note(who: string, what: string): void {
    const seconds = ((performance.now() - this.#beganMs) / 1000).toFixed(1);
    const line = `${seconds.padStart(7)} ${who.padEnd(8)} ${what}`;
    appendFileSync(this.#path, `${line}\n`);
    this.#lines.push(line);
    if (this.#lines.length > MOST_KEPT) this.#lines.splice(0, MOST_KEPT / 2);
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Something that must not be. The run goes on, for the next one to be seen too. */
  fault(who: string, text: string): void {
    this.note(who, `FAULT ${text}`);
    const own = this.#lines.filter(
      (line) => line.includes(` ${who} `) || / (?:hub|quiet) /.test(line),
    );
    this.faults.push(`${who}: ${text}\n    ${own.slice(-SHOWN_LINES).join('\n    ')}`);
  }
}
