/** Answers of the hub that are asked for again when the live state says that they would be others. */

import { useEffect, useState } from 'preact/hooks';

import type { Failure } from '../../../src/console/api/common.ts';
import { getJson, isAbort, toFailure } from '../shared/api.ts';

/** However often it changes, it is asked for no more than once in this time. */
const PAUSE_MS = 1000;
const RETRY_MS = 5000;

export type Followed<T> = {
  /** Null until the first answer; what came last while a newer one is under way. */
  readonly data: T | null;
  /** Why there is no newer answer. */
  readonly failure: Failure | null;
  readonly refresh: () => void;
};

type Shown<T> = Pick<Followed<T>, 'data' | 'failure'>;

class Follower<T> {
  readonly #path: string;
  readonly #show: (change: (before: Shown<T>) => Shown<T>) => void;
  readonly #ended = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;
  #isStale = false;
  #askedMs = -Infinity;

  constructor(path: string, show: (change: (before: Shown<T>) => Shown<T>) => void) {
    this.#path = path;
    this.#show = show;
  }

  want(pauseMs = PAUSE_MS): void {
    this.#isStale = true;
    if (this.#isAsking || this.#ended.signal.aborted) return;
    clearTimeout(this.#timer);
    const waitMs = Math.max(0, this.#askedMs + pauseMs - performance.now());
    this.#timer = setTimeout(() => void this.#ask(), waitMs);
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#isStale = false;
    this.#askedMs = performance.now();
    try {
      const data = await getJson<T>(this.#path, undefined, this.#ended.signal);
      this.#show(() => ({ data, failure: null }));
    } catch (error) {
      if (isAbort(error)) return;
      this.#show(({ data }) => ({ data, failure: toFailure(error) }));
      this.#isAsking = false;
      return this.want(RETRY_MS);
    } finally {
      this.#isAsking = false;
    }
    if (this.#isStale) this.want();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#ended.abort();
  }
}

/** What `path` answers, asked for again each time that `version` is another one. */
export function useFollowed<T>(path: string, version: number | string | undefined): Followed<T> {
  const [shown, setShown] = useState<Shown<T>>({ data: null, failure: null });
  const [follower] = useState(() => new Follower<T>(path, setShown));
  useEffect(() => () => follower.close(), [follower]);
  useEffect(() => {
    if (version !== undefined) follower.want();
  }, [follower, version]);
  return { ...shown, refresh: () => follower.want(0) };
}
