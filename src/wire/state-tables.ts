/**
 * What may be said on each kind of stream, and when: total tables, one cell for each state and message. A cell
 * that is missing doesn't compile. docs/spec/wire.md shows the same tables; a test holds the two together.
 *
 * Messages of the two sides cross on their way, so the two ends see them in different orders. The tables are
 * made so that this does no harm: where both sides may speak, either order is allowed and leads to the same
 * state (tested). END and FAIL stand outside: see {@link StreamState}.
 */

/** Who sends. */
export type Side = 'client' | 'hub';

/** The next state, or: the message is refused. */
export type Cell<State extends string> = State | 'refuse';

/** For each state and each message of either side its cell. */
export type StateTable<State extends string, Client extends string, Hub extends string> = {
  readonly [state in State]: {
    readonly client: { readonly [kind in Client]: Cell<State> };
    readonly hub: { readonly [kind in Hub]: Cell<State> };
  };
};

const no = 'refuse';

type LoginState = 'new' | 'greeted' | 'welcomed';
/** Stream 0. */
export const LOGIN: StateTable<LoginState, 'hello', 'welcome'> = {
  new: { client: { hello: 'greeted' }, hub: { welcome: no } },
  greeted: { client: { hello: no }, hub: { welcome: 'welcomed' } },
  welcomed: { client: { hello: no }, hub: { welcome: no } },
};

type BackupState = 'new' | 'preparing' | 'sending' | 'finishing' | 'committed';
type OriginSays = 'backup' | 'offer' | 'bundle' | 'part' | 'page' | 'progress' | 'finish';
type HubSaysToOrigin =
  | 'queued'
  | 'contended'
  | 'waiting'
  | 'start'
  | 'want-bits'
  | 'committed'
  | 'copies';

const originSaysNothing: { readonly [kind in OriginSays]: 'refuse' } = {
  backup: no,
  offer: no,
  bundle: no,
  part: no,
  page: no,
  progress: no,
  finish: no,
};
const hubSaysNothingToOrigin: { readonly [kind in HubSaysToOrigin]: 'refuse' } = {
  queued: no,
  contended: no,
  waiting: no,
  start: no,
  'want-bits': no,
  committed: no,
  copies: no,
};

/** An origin's run. */
export const BACKUP: StateTable<BackupState, OriginSays, HubSaysToOrigin> = {
  new: {
    client: { ...originSaysNothing, backup: 'preparing' },
    hub: hubSaysNothingToOrigin,
  },
  preparing: {
    client: originSaysNothing,
    hub: {
      queued: 'preparing',
      contended: 'preparing',
      waiting: 'preparing',
      start: 'sending',
      'want-bits': no,
      committed: no,
      copies: 'preparing',
    },
  },
  sending: {
    client: {
      backup: no,
      offer: 'sending',
      bundle: 'sending',
      part: 'sending',
      page: 'sending',
      progress: 'sending',
      finish: 'finishing',
    },
    hub: {
      queued: no,
      contended: 'sending',
      waiting: 'sending',
      start: no,
      'want-bits': 'sending',
      committed: no,
      copies: 'sending',
    },
  },
  finishing: {
    client: { ...originSaysNothing, bundle: 'finishing', progress: 'finishing' },
    hub: {
      queued: no,
      contended: 'finishing',
      waiting: 'finishing',
      start: no,
      'want-bits': 'finishing',
      committed: 'committed',
      copies: 'finishing',
    },
  },
  committed: {
    client: { ...originSaysNothing, progress: 'committed' },
    hub: {
      ...hubSaysNothingToOrigin,
      contended: 'committed',
      waiting: 'committed',
      copies: 'committed',
    },
  },
};

type ReceiveState = 'new' | 'standing';
/** A destination's standing order. */
export const RECEIVE: StateTable<ReceiveState, 'receive', 'offered'> = {
  new: { client: { receive: 'standing' }, hub: { offered: no } },
  standing: { client: { receive: no }, hub: { offered: 'standing' } },
};

type FollowState = 'new' | 'following' | 'asked' | 'acknowledged' | 'done';
type FollowerSays = 'follow' | 'next' | 'want' | 'at' | 'ack';
type HubSaysToFollower = 'log' | 'bundle' | 'lacking' | 'progress' | 'acked';

const followerSaysNothing: { readonly [kind in FollowerSays]: 'refuse' } = {
  follow: no,
  next: no,
  want: no,
  at: no,
  ack: no,
};
const hubSaysNothingToFollower: { readonly [kind in HubSaysToFollower]: 'refuse' } = {
  log: no,
  bundle: no,
  lacking: no,
  progress: no,
  acked: no,
};

/** One transfer to a destination. `asked` differs from `following` in that a `next` is unanswered. */
export const FOLLOW: StateTable<FollowState, FollowerSays, HubSaysToFollower> = {
  new: {
    client: { ...followerSaysNothing, follow: 'following' },
    hub: hubSaysNothingToFollower,
  },
  following: {
    client: { follow: no, next: 'asked', want: 'following', at: 'following', ack: 'acknowledged' },
    hub: {
      log: no,
      bundle: 'following',
      lacking: 'following',
      progress: 'following',
      acked: no,
    },
  },
  asked: {
    client: { follow: no, next: no, want: 'asked', at: 'asked', ack: 'acknowledged' },
    hub: { log: 'following', bundle: 'asked', lacking: 'asked', progress: 'asked', acked: no },
  },
  acknowledged: {
    client: followerSaysNothing,
    hub: {
      log: 'acknowledged',
      bundle: 'acknowledged',
      lacking: 'acknowledged',
      progress: 'acknowledged',
      acked: 'done',
    },
  },
  done: { client: followerSaysNothing, hub: hubSaysNothingToFollower },
};

type ReadState = 'new' | 'reading';
/** Fetching chunks. */
export const READ: StateTable<ReadState, 'read' | 'want', 'bundle' | 'lacking'> = {
  new: { client: { read: 'reading', want: no }, hub: { bundle: no, lacking: no } },
  reading: {
    client: { read: no, want: 'reading' },
    hub: { bundle: 'reading', lacking: 'reading' },
  },
};

type AskState = 'new' | 'snapshots-asked' | 'status-asked';
/** A question. */
export const ASK: StateTable<AskState, 'ask-snapshots' | 'ask-status', 'snapshots' | 'status'> = {
  new: {
    client: { 'ask-snapshots': 'snapshots-asked', 'ask-status': 'status-asked' },
    hub: { snapshots: no, status: no },
  },
  'snapshots-asked': {
    client: { 'ask-snapshots': no, 'ask-status': no },
    hub: { snapshots: 'snapshots-asked', status: no },
  },
  'status-asked': {
    client: { 'ask-snapshots': no, 'ask-status': no },
    hub: { snapshots: no, status: 'status-asked' },
  },
};
