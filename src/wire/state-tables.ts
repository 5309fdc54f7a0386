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
type DestinationSays = 'receive' | 'bundle' | 'lacking' | 'proof';
type HubSaysToDestination = 'offered' | 'want' | 'prove' | 'mend';
/** A destination's standing order. */
export const RECEIVE: StateTable<ReceiveState, DestinationSays, HubSaysToDestination> = {
  new: {
    client: { receive: 'standing', bundle: no, lacking: no, proof: no },
    hub: { offered: no, want: no, prove: no, mend: no },
  },
  standing: {
    client: { receive: no, bundle: 'standing', lacking: 'standing', proof: 'standing' },
    hub: { offered: 'standing', want: 'standing', prove: 'standing', mend: 'standing' },
  },
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

type AskState =
  | 'new'
  | 'snapshots-asked'
  | 'status-asked'
  | 'change-asked'
  | 'check-asked'
  | 'answered';
type AskerSays = 'ask-snapshots' | 'ask-status' | 'ask-forget' | 'ask-release' | 'ask-check';
type HubAnswers = 'snapshots' | 'status' | 'done' | 'checking' | 'problem' | 'checked';

const askerSaysNothing: { readonly [kind in AskerSays]: 'refuse' } = {
  'ask-snapshots': no,
  'ask-status': no,
  'ask-forget': no,
  'ask-release': no,
  'ask-check': no,
};
const hubAnswersNothing: { readonly [kind in HubAnswers]: 'refuse' } = {
  snapshots: no,
  status: no,
  done: no,
  checking: no,
  problem: no,
  checked: no,
};

/** A question. */
export const ASK: StateTable<AskState, AskerSays, HubAnswers> = {
  new: {
    client: {
      'ask-snapshots': 'snapshots-asked',
      'ask-status': 'status-asked',
      'ask-forget': 'change-asked',
      'ask-release': 'change-asked',
      'ask-check': 'check-asked',
    },
    hub: hubAnswersNothing,
  },
  'snapshots-asked': {
    client: askerSaysNothing,
    hub: { ...hubAnswersNothing, snapshots: 'snapshots-asked' },
  },
  'status-asked': {
    client: askerSaysNothing,
    hub: { ...hubAnswersNothing, status: 'status-asked' },
  },
  'change-asked': {
    client: askerSaysNothing,
    hub: { ...hubAnswersNothing, done: 'answered' },
  },
  'check-asked': {
    client: askerSaysNothing,
    hub: {
      ...hubAnswersNothing,
      checking: 'check-asked',
      problem: 'check-asked',
      checked: 'answered',
    },
  },
  answered: { client: askerSaysNothing, hub: hubAnswersNothing },
};
