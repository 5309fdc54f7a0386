import { RbError } from '../base/errors.ts';
import type { Duty, Rights } from '../catalog/people.ts';

/** Who a connection belongs to. */
export type Login = {
  readonly user: string;
  readonly rights: Rights;
  readonly duty: Duty;
  readonly host: string;
  /** What the machine is called by people; hostile until escaped. */
  readonly device: string;
};

const ACTIONS = [
  'backup',
  'receive',
  'follow',
  'read',
  'ask-snapshots',
  'ask-status',
  'forget',
  'release',
  'check',
] as const;
export type Action = (typeof ACTIONS)[number];

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

/** What a duty leaves of that. */
const DONE_BY: Readonly<Record<Duty, ReadonlySet<Action>>> = {
  add: new Set<Action>(['backup', 'receive', 'follow', 'read', 'ask-snapshots', 'ask-status']),
  all: new Set<Action>(ACTIONS),
  destination: new Set<Action>(['receive', 'follow', 'read', 'ask-snapshots', 'ask-status']),
};

/** What a login does with the sets that it reaches. */
function reach({ rights, duty }: Login, action: Action): Reach {
  const isFree = rights === 'admin' && duty !== 'destination';
  return isFree || DONE_BY[duty].has(action) ? REACH[rights][action] : 'none';
}

/** Whether a login may do this to the sets of a user. */
export function isAllowed(login: Login, action: Action, owner: string): boolean {
  const reached = reach(login, action);
  return reached === 'all' || (reached === 'own' && owner === login.user);
}

/** The user whose sets alone an action sees; undefined: everybody's. */
export function reachOf(login: Login, action: Action): string | undefined {
  return reach(login, action) === 'all' ? undefined : login.user;
}

/** @throws RbError `not-allowed` */
export function requireRight(login: Login, action: Action, owner: string): void {
  if (isAllowed(login, action, owner)) return;
  const isOwnBusiness = owner === login.user && REACH[login.rights][action] !== 'none';
  const message = isOwnBusiness
    ? `This device ${DUTY_REFUSES[login.duty]}; whoever looks after the hub can change that: rbbackupd users DIR duty.`
    : `The user ${JSON.stringify(login.user)} ${RIGHTS_REFUSE[action] ?? 'may not see the backups of that user'}.`;
  throw new RbError('not-allowed', message);
}

const DUTY_REFUSES: Readonly<Record<Duty, string>> = {
  add: 'may add snapshots, but not remove or release any',
  all: 'may not do this',
  destination: 'is a destination, and nothing else',
};

const RIGHTS_REFUSE: Readonly<Partial<Record<Action, string>>> = {
  backup: 'may only read; ask for an invitation without --read-only to back up',
  forget: 'may not remove this snapshot',
  release: 'may not release this snapshot',
  check: 'is no administrator of this hub',
};
