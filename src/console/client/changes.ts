/** Who wants to know that something changed. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  /** @returns ends it */
  listen(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => void this.#listeners.delete(callback);
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
