/** Where a stream is in its conversation; both ends keep one of these for each stream. */

import { RbError } from '../base/errors.ts';
import type { MessageKind } from './messages.ts';
import { ASK, BACKUP, FOLLOW, LOGIN, READ, RECEIVE } from './state-tables.ts';
import type { Side } from './state-tables.ts';

/** A table as it is looked up at run time: a kind that it doesn't have is of another stream. */
export type LooseTable = Readonly<
  Record<string, Readonly<Record<Side, Readonly<Partial<Record<string, string>>>>>>
>;

/** The kinds of streams. `login` is stream 0 alone. */
export type StreamType = 'login' | 'backup' | 'receive' | 'follow' | 'read' | 'ask';

/** Every kind of stream with its table. */
export const STREAM_TABLES: Readonly<Record<StreamType, LooseTable>> = {
  login: LOGIN,
  backup: BACKUP,
  receive: RECEIVE,
  follow: FOLLOW,
  read: READ,
  ask: ASK,
};

const OPENERS: Readonly<Partial<Record<MessageKind, StreamType>>> = {
  backup: 'backup',
  receive: 'receive',
  follow: 'follow',
  read: 'read',
  'ask-snapshots': 'ask',
  'ask-status': 'ask',
  'ask-forget': 'ask',
  'ask-release': 'ask',
  'ask-check': 'ask',
};

/** The kind of stream that a first message opens, or undefined if it opens none. */
export function streamTypeOf(first: MessageKind): StreamType | undefined {
  return OPENERS[first];
}

/**
 * The state of one stream. Besides the tables: either side may END in any state (but not stream 0), and says nothing
 * on the stream afterwards; FAIL is allowed at any time and ends the stream, so it needs no state.
 */
export class StreamState {
  readonly type: StreamType;
  readonly #table: LooseTable;
  readonly #ended: Record<Side, boolean> = { client: false, hub: false };
  #state = 'new';

  constructor(type: StreamType) {
    this.type = type;
    this.#table = STREAM_TABLES[type];
  }

  /** The row of the table. */
  get state(): string {
    return this.#state;
  }

  /** Whether both sides have said END. */
  get isOver(): boolean {
    return this.#ended.client && this.#ended.hub;
  }

  hasEnded(side: Side): boolean {
    return this.#ended[side];
  }

  /** Whether a message of this kind may come now. Changes nothing. */
  allows(side: Side, kind: MessageKind): boolean {
    return !this.#ended[side] && this.#next(side, kind) !== 'refuse';
  }

  /** A message was sent, or has arrived. @throws RbError `protocol` if it isn't allowed now */
  on(side: Side, kind: MessageKind): void {
    const next = this.#ended[side] ? 'refuse' : this.#next(side, kind);
    if (next === 'refuse') {
      const when = this.#ended[side] ? 'after its END' : `in state "${this.#state}"`;
      throw new RbError(
        'protocol',
        `The ${side} may not send "${kind}" on a stream of type "${this.type}" ${when}.`,
      );
    }
    this.#state = next;
  }

  /** A side said END. @throws RbError `protocol` if it had already, or on stream 0 */
  end(side: Side): void {
    if (this.type === 'login' || this.#ended[side]) {
      throw new RbError('protocol', `The ${side} may not end this stream of type "${this.type}".`);
    }
    this.#ended[side] = true;
  }

  #next(side: Side, kind: MessageKind): string {
    const cells = this.#table[this.#state]?.[side];
    return cells !== undefined && Object.hasOwn(cells, kind) ? (cells[kind] ?? 'refuse') : 'refuse';
  }
}
