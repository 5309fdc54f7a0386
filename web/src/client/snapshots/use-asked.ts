import { useEffect, useRef, useState } from 'preact/hooks';

import type { Failure } from '../../../../src/console/api/common.ts';
import { isAbort, toFailure } from '../../shared/api.ts';

/** Answers that were shown lately: going back shows them at once, while they are fetched anew. */
const kept = new Map<string, unknown>();
const MOST_KEPT = 6;

function keep(name: string, value: unknown): void {
  kept.delete(name);
  kept.set(name, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}

/**
 * What the console answers to a question.
 *
 * @param name of the question: different for different answers; null: nothing is asked
 * @param version another one when the answer may have changed: it is asked again, and the answer before stays until then
 */
export function useAsked<T>(
  name: string | null,
  ask: (signal: AbortSignal) => Promise<T>,
  version: string | number = 0,
): { readonly value: T | null; readonly failure: Failure | null; retry(): void } {
  const [, redraw] = useState(0);
  const [round, setRound] = useState(0);
  const failed = useRef<{ name: string | null; failure: Failure } | null>(null);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (name === null) return undefined;
    const controller = new AbortController();
    latest.current(controller.signal).then(
      (value) => {
        if (controller.signal.aborted) return;
        keep(name, value);
        failed.current = null;
        redraw((count) => count + 1);
      },
      (error: unknown) => {
        if (isAbort(error) || controller.signal.aborted) return;
        failed.current = { name, failure: toFailure(error) };
        redraw((count) => count + 1);
      },
    );
    return () => controller.abort();
  }, [name, version, round]);
  return {
    value: name === null ? null : ((kept.get(name) as T | undefined) ?? null),
    failure: failed.current?.name === name ? failed.current.failure : null,
    retry: () => {
      failed.current = null;
      setRound((count) => count + 1);
    },
  };
}
