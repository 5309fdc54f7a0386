/** Time as something handed in, so that tests can turn it by hand. */

/** Something that will happen unless it is cancelled. */
export interface Timer {
  /** Prevents the call if it has not begun; may be called any number of times. */
  cancel(): void;
}

/** Where everything that waits or stamps gets its time from. */
export interface Clock {
  /** Milliseconds since 1970 by the system's clock, which may jump: for stamps, never for durations. */
  nowMs(): number;
  /** Milliseconds since some moment in the past, never going back: for durations and deadlines. */
  monotonicMs(): number;
  /**
   * Calls `callback` once, not before `delayMs` have passed.
   *
   * @param delayMs - at most 2^31 - 1, some 24 days; less than 1 counts as 1
   */
  setTimeout(callback: () => void, delayMs: number): Timer;
}

/** The machine's clock. A timer of it keeps the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimeout: (callback, delayMs) => {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};
