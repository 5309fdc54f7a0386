/** Rows of a long list, fetched by pages; the pages seen last are kept, the others forgotten. */

const PAGE_ROWS = 100;
const KEPT_PAGES = 12;
/** After a failure, the same page is not asked for again at once. */
const RETRY_MS = 3000;

type Load<T> = (offset: number, limit: number, signal: AbortSignal) => Promise<readonly T[]>;

export class PagedRows<T> {
  /** In the order of use, the oldest first. */
  readonly #pages = new Map<number, readonly T[]>();
  readonly #asked = new Map<number, AbortController>();
  readonly #load: Load<T>;
  readonly #onChange: () => void;
  readonly #onFailure: (error: unknown) => void;
  #closed = false;

  constructor(load: Load<T>, onChange: () => void, onFailure: (error: unknown) => void) {
    this.#load = load;
    this.#onChange = onChange;
    this.#onFailure = onFailure;
  }

  at(index: number): T | null {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS] ?? null;
  }

  /** Fetches what is lacking between `first` and `last`, and gives up what is no longer looked at. */
  want(first: number, last: number, total: number): void {
    const firstPage = Math.floor(first / PAGE_ROWS);
    const lastPage = Math.floor(Math.min(last, total - 1) / PAGE_ROWS);
    for (const [page, controller] of this.#asked) {
      if (page < firstPage || page > lastPage) controller.abort();
    }
    for (let page = firstPage; page <= lastPage; page++) {
      const rows = this.#pages.get(page);
      const lacking = Math.min(PAGE_ROWS, total - page * PAGE_ROWS) - (rows?.length ?? 0);
      if (rows !== undefined) {
        this.#pages.delete(page);
        this.#pages.set(page, rows);
      }
      if (lacking > 0 && !this.#asked.has(page)) void this.#fetch(page);
    }
  }

  async #fetch(page: number): Promise<void> {
    const controller = new AbortController();
    this.#asked.set(page, controller);
    try {
      const rows = await this.#load(page * PAGE_ROWS, PAGE_ROWS, controller.signal);
      if (this.#closed) return;
      this.#pages.delete(page);
      this.#pages.set(page, rows);
      for (const oldest of this.#pages.keys()) {
        if (this.#pages.size <= KEPT_PAGES) break;
        this.#pages.delete(oldest);
      }
      this.#onChange();
    } catch (error) {
      this.#onFailure(error);
      if (!controller.signal.aborted) await new Promise((then) => setTimeout(then, RETRY_MS));
    } finally {
      this.#asked.delete(page);
    }
  }

  close(): void {
    this.#closed = true;
    for (const controller of this.#asked.values()) controller.abort();
    this.#pages.clear();
  }
}
