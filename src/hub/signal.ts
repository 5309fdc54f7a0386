/** Tells everyone who listens that something may have changed; what it is, they look up themselves. */
export class Signal {
  readonly #listeners = new Set<() => void>();

  /** @returns stops the calls; may be called again */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls every listener, in the order in which they came. A listener may leave while it is called. */
  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Resolves at the next `notify`. Ask before looking, so that nothing is missed in between. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      const off = this.on(() => {
        off();
        resolve();
      });
    });
  }
}
