import { RbError } from '../base/errors.ts';
import type { Rights } from '../catalog/catalog.ts';

/** Who a connection belongs to. */
export type Login = {
  readonly user: string;
  readonly rights: Rights;
  readonly host: string;
  /** What the machine is called by people; hostile until escaped. */
  readonly device: string;
};

export type Action =
  | 'backup'
  | 'receive'
  | 'follow'
  | 'read'
  | 'ask-snapshots'
  | 'ask-status'
  | 'forget'
  | 'release'
  | 'check';

/** Whose sets an action may touch. */
type Reach = 'none' | 'own' | 'all';

/**
 * What each right allows. A backup always goes into a set of the user's own: an administrator looks after
 * everybody's backups, but can't make them in somebody else's name.
 */
const REACH: Readonly<Record<Rights, Readonly<Record<Action, Reach>>>> = {
  member: {
    backup: 'own',
    receive: 'own',
    follow: 'own',
    read: 'own',
    'ask-snapshots': 'own',
    'ask-status': 'own',
    forget: 'own',
    release: 'own',
    check: 'none',
  },
  'read-only': {
    backup: 'none',
    receive: 'own',
    follow: 'own',
    read: 'own',
    'ask-snapshots': 'own',
    'ask-status': 'own',
    forget: 'none',
    release: 'none',
    check: 'none',
  },
  admin: {
    backup: 'own',
    receive: 'all',
    follow: 'all',
    read: 'all',
    'ask-snapshots': 'all',
    'ask-status': 'all',
    forget: 'all',
    release: 'all',
    check: 'all',
  },
};

/** Whether a login may do this to the sets of a user. */
export function isAllowed(login: Login, action: Action, owner: string): boolean {
  const reach = REACH[login.rights][action];
  return reach === 'all' || (reach === 'own' && owner === login.user);
}

/** The user whose sets alone an action sees; undefined: everybody's. */
export function reachOf(login: Login, action: Action): string | undefined {
  return REACH[login.rights][action] === 'all' ? undefined : login.user;
}

/** @throws RbError `not-allowed` */
export function requireRight(login: Login, action: Action, owner: string): void {
  if (isAllowed(login, action, owner)) return;
  const why =
    action === 'backup'
      ? 'may only read; ask for an invitation without --read-only to back up'
      : 'may not see the backups of that user';
  throw new RbError('not-allowed', `The user ${JSON.stringify(login.user)} ${why}.`);
}
