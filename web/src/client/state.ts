/** What the client's page knows: who it is, and what goes on. */

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import type { ClientSession, ClientState, Task } from '../../../src/console/api/client-api.ts';
import { openFeed } from '../shared/events.ts';
import type { Feed } from '../shared/events.ts';
import { openSession } from '../shared/session.ts';

export const session = openSession<ClientSession>();

const feed = signal<Feed<ClientState> | null>(null);

/** Begins to follow the program; once the session is open. */
export function followProgram(): void {
  feed.value ??= openFeed<ClientState>('/api/events');
}

/** Null until the first state has come. */
export const clientState: ReadonlySignal<ClientState | null> = computed(
  () => feed.value?.state.value ?? null,
);
export const link = computed(() => feed.value?.link.value ?? 'connecting');

const ENDS: ReadonlySet<Task['state']> = new Set(['done', 'incomplete', 'failed', 'cancelled']);

const BEFORE: ReadonlySet<Task['state']> = new Set(['connecting', 'queued', 'waiting']);

/** Nothing of it has been moved yet. */
export function isBefore(task: Task): boolean {
  return BEFORE.has(task.state);
}

export function hasEnded(task: Task): boolean {
  return ENDS.has(task.state);
}
