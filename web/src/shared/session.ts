/** Whether this browser may use the console, as GET /api/session says. */

import type { Failure } from '../../../src/console/api/common.ts';
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import { getJson, toFailure, whenInDoubt } from './api.ts';

export interface Session<T> {
  /** Null until the first answer. */
  readonly state: ReadonlySignal<T | null>;
  /** Why there is no answer; null if there is one. */
  readonly failure: ReadonlySignal<Failure | null>;
  /** Asks again. Never rejects. */
  refresh(): Promise<void>;
}

const RETRY_MS = 2000;

/** Asks who we are; again whenever the console says that we are nobody, and until it answers at all. */
export function openSession<T>(): Session<T> {
  const state = signal<T | null>(null);
  const failure = signal<Failure | null>(null);
  let asking: Promise<void> | null = null;

  const ask = async () => {
    try {
      state.value = await getJson<T>('/api/session');
      failure.value = null;
    } catch (error) {
      failure.value = toFailure(error);
      if (state.value === null) setTimeout(() => void refresh(), RETRY_MS);
    } finally {
      asking = null;
    }
  };
  const refresh = () => (asking ??= ask());
  whenInDoubt(() => void refresh());
  void refresh();
  return { state, failure, refresh };
}
