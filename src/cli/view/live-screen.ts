import { createLogUpdate } from 'log-update';

const REDRAW_MS = 100;

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
    this.#update(this.#render(columns).join('\n'));
  }
}
