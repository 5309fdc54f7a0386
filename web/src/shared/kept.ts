/** Choices that this browser keeps. Where storage is closed to us, they last as long as the page. */

/** What was kept under `key` if it is one of `allowed`, else `fallback`. */
export function kept<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  try {
    const value = localStorage.getItem(key);
    return allowed.find((word) => word === value) ?? fallback;
  } catch {
    return fallback;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is full or forbidden: the choice is good until the page is closed.
  }
}
