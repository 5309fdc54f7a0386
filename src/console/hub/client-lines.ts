import type { ClientView } from '../../hub/overview.ts';
import type { ClientLine } from '../api/hub-api.ts';

const ROLE_ORDER: Readonly<Record<ClientLine['role'], number>> = {
  origin: 0,
  destination: 1,
  observer: 2,
};

/** Clients as the page shows them, by role and name. */
export function clientLines(clients: readonly ClientView[]): ClientLine[] {
  return clients
    .map(({ set, ...client }): ClientLine => ({ ...client, set: set?.set ?? null }))
    .toSorted(byRoleAndName);
}

/** What of the clients is shown, but for when they were heard: another text when that changed. */
export function fingerprintOf(clients: readonly ClientView[]): string {
  return JSON.stringify(clients.map((client) => ({ ...client, heardMs: 0 })));
}

function byRoleAndName(a: ClientLine, b: ClientLine): number {
  return (
    ROLE_ORDER[a.role] - ROLE_ORDER[b.role] ||
    compareText(a.name, b.name) ||
    compareText(a.user, b.user) ||
    compareText(a.host, b.host) ||
    a.sinceMs - b.sinceMs
  );
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
