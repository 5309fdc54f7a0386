/** The console's state as a signal, kept fresh by server-sent events. */

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import { doubtSession, getJson } from './api.ts';

/** `lost`: nobody answers; it is tried again by itself. */
export type LinkState = 'connecting' | 'open' | 'lost';

export interface Feed<T> {
  /** Null until the first state has come. */
  readonly state: ReadonlySignal<T | null>;
  readonly link: ReadonlySignal<LinkState>;
  /** Tries again now. */
  retry(): void;
  close(): void;
}

/** Ten times a second at most, however fast the events come. */
const APPLY_MS = 100;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 5000;
/** A link that says nothing for so long is asked whether it lives: one that died silently shows no error. */
const QUIET_MS = 30_000;

/**
 * Follows the events named `state` at `url`. Only the newest is kept: it is parsed and applied in an animation frame, so a
 * hidden page holds one string, however many events come, and catches up when it is seen again.
 */
export function openFeed<T>(url: string, aliveUrl = '/api/session'): Feed<T> {
  const state = signal<T | null>(null);
  const link = signal<LinkState>('connecting');
  let source: EventSource | null = null;
  let newest: string | null = null;
  let isScheduled = false;
  let appliedMs = 0;
  let heardMs = Date.now();
  let retryMs = RETRY_FIRST_MS;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;

  const apply = () => {
    isScheduled = false;
    if (newest === null) return;
    const waitMs = appliedMs + APPLY_MS - performance.now();
    if (waitMs > 0) return schedule(waitMs);
    appliedMs = performance.now();
    const text = newest;
    newest = null;
    state.value = JSON.parse(text) as T;
  };
  const schedule = (waitMs = 0) => {
    if (isScheduled) return;
    isScheduled = true;
    if (waitMs > 0) setTimeout(() => requestAnimationFrame(apply), waitMs);
    else requestAnimationFrame(apply);
  };
  const heard = () => {
    heardMs = Date.now();
    retryMs = RETRY_FIRST_MS;
    link.value = 'open';
  };
  const lost = () => {
    source?.close();
    source = null;
    link.value = 'lost';
    clearTimeout(retryTimer);
    retryTimer = setTimeout(open, retryMs);
    retryMs = Math.min(RETRY_MOST_MS, retryMs * 2);
  };
  const open = () => {
    clearTimeout(retryTimer);
    source?.close();
    const opened = new EventSource(url);
    source = opened;
    opened.addEventListener('open', heard);
    opened.addEventListener('state', (event: MessageEvent<string>) => {
      heard();
      newest = event.data;
      schedule();
    });
    opened.addEventListener('error', () => {
      if (source !== opened) return;
      lost();
      // An event source does not tell why. A console that was started anew may want a new session.
      doubtSession();
    });
  };
  const check = async () => {
    if (link.value !== 'open' || Date.now() - heardMs < QUIET_MS) return;
    try {
      await getJson(aliveUrl, undefined, AbortSignal.timeout(QUIET_MS / 3));
      heardMs = Date.now();
    } catch {
      lost();
    }
  };
  const checkTimer = setInterval(() => void check(), QUIET_MS / 2);
  const onSeen = () => {
    if (document.visibilityState === 'visible' && link.value === 'lost') open();
  };
  document.addEventListener('visibilitychange', onSeen);
  open();

  return {
    state,
    link,
    retry: open,
    close() {
      clearInterval(checkTimer);
      clearTimeout(retryTimer);
      document.removeEventListener('visibilitychange', onSeen);
      source?.close();
      source = null;
    },
  };
}
