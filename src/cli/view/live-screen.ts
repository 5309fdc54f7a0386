import { createLogUpdate } from 'log-update';

import { counted } from './counts.ts';
import { cutEnd } from './text-width.ts';

const REDRAW_MS = 100;
/** Not a line more than the terminal has: what scrolls away can't be drawn again. */
const LEAST_ROWS = 3;

/** A view at the bottom of a terminal, drawn ten times a second, with lines that stay above it. */
export class LiveScreen {
  readonly #stream: NodeJS.WriteStream;
  readonly #render: (columns: number) => readonly string[];
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #timer: NodeJS.Timeout;

  /** @param render lines without line breaks, none wider than `columns` */
  constructor(stream: NodeJS.WriteStream, render: (columns: number) => readonly string[]) {
    this.#stream = stream;
    this.#render = render;
    this.#update = createLogUpdate(stream);
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref();
  }

  persist(line: string): void {
    this.#update.persist(line);
  }

  /** Shows the cursor again. @param isKept whether the last state stays */
  end(isKept: boolean): void {
    clearInterval(this.#timer);
    if (isKept) this.#draw();
    else this.#update.clear();
    this.#update.done();
  }

  #draw(): void {
    const columns = Math.max(20, this.#stream.columns || 80);
    const rows = Math.max(LEAST_ROWS, (this.#stream.rows || 24) - 1);
    this.#update(cutRows(this.#render(columns), rows, columns).join('\n'));
  }
}

/** The lines if they fit, else the first of them and how many there are more. */
export function cutRows(lines: readonly string[], rows: number, columns: number): string[] {
  if (lines.length <= rows) return [...lines];
  const hidden = lines.length - rows + 1;
  const more = cutEnd(`… and ${counted(hidden, 'line')} more; a higher window shows all`, columns);
  return [...lines.slice(0, rows - 1), more];
}
