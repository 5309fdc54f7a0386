/** What the hub's page knows: who it is, and what goes on. */

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import type { HubSession, HubState } from '../../../src/console/api/hub-api.ts';
import { deleteJson } from '../shared/api.ts';
import type { Feed, LinkState } from '../shared/events.ts';
import { openFeed } from '../shared/events.ts';
import { openSession } from '../shared/session.ts';

export const session = openSession<HubSession>();

const feed = signal<Feed<HubState> | null>(null);

/** Begins to follow the hub; once this browser has signed in. */
export function followHub(): void {
  // The session's own address answers everybody: it would not tell that ours has ended.
  feed.value ??= openFeed<HubState>('/api/events', '/api/state');
}

/** Nobody is signed in any more: what was shown is forgotten. */
export function leaveHub(): void {
  feed.value?.close();
  feed.value = null;
}

/** Null until the first state has come. */
export const hubState: ReadonlySignal<HubState | null> = computed(
  () => feed.value?.state.value ?? null,
);
export const link: ReadonlySignal<LinkState> = computed(
  () => feed.value?.link.value ?? 'connecting',
);

/** Ends the session of this browser. @throws ApiError */
export async function signOut(): Promise<void> {
  await deleteJson('/api/session');
  await session.refresh();
}
