import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import type { MessageKind } from '../../src/wire/messages.ts';
import { STREAM_TABLES, StreamState, streamTypeOf } from '../../src/wire/states.ts';
import type { StreamType } from '../../src/wire/states.ts';
import type { Side } from '../../src/wire/state-tables.ts';

type Step = readonly [Side, MessageKind];

/** The shortest way to each state of a table, found by trying. */
function waysTo(type: StreamType): Map<string, Step[]> {
  const ways = new Map<string, Step[]>([['new', []]]);
  for (const [state, way] of ways) {
    for (const side of ['client', 'hub'] as const) {
      const cells = STREAM_TABLES[type][state]?.[side] ?? {};
      for (const [kind, next] of Object.entries(cells)) {
        if (next === undefined || next === 'refuse' || ways.has(next)) continue;
        ways.set(next, [...way, [side, kind as MessageKind]]);
      }
    }
  }
  return ways;
}

function walk(type: StreamType, steps: readonly Step[]): StreamState {
  const state = new StreamState(type);
  for (const [side, kind] of steps) state.on(side, kind);
  return state;
}

for (const type of Object.keys(STREAM_TABLES) as StreamType[]) {
  const table = STREAM_TABLES[type];
  const ways = waysTo(type);

  test(`${type}: every state can be reached`, () => {
    assert.deepEqual([...ways.keys()].toSorted(), Object.keys(table).toSorted());
  });

  for (const [state, row] of Object.entries(table)) {
    for (const side of ['client', 'hub'] as const) {
      for (const [kind, cell] of Object.entries(row[side])) {
        test(`${type}: in state ${state}, "${kind}" of the ${side} leads to ${cell}`, () => {
          const at = walk(type, ways.get(state) ?? []);
          assert.equal(at.allows(side, kind as MessageKind), cell !== 'refuse');
          if (cell === 'refuse') {
            assert.throws(
              () => at.on(side, kind as MessageKind),
              (error) => isRbError(error, 'protocol'),
            );
            assert.equal(at.state, state);
          } else {
            at.on(side, kind as MessageKind);
            assert.equal(at.state, cell);
          }
        });
      }
    }
  }
}

/** Crossings that cannot happen: the hub commits only when every bundle it wanted has arrived. */
const CAUSAL = new Set(['backup finishing: bundle, committed']);

test('where both sides may speak, the order in which an end sees it does not matter', () => {
  for (const [type, table] of Object.entries(STREAM_TABLES)) {
    for (const [state, row] of Object.entries(table)) {
      for (const [mine, afterMine] of Object.entries(row.client)) {
        for (const [yours, afterYours] of Object.entries(row.hub)) {
          if (afterMine === 'refuse' || afterYours === 'refuse') continue;
          const crossing = `${type} ${state}: ${mine}, ${yours}`;
          if (CAUSAL.has(crossing)) continue;
          const one = table[afterMine ?? '']?.hub[yours];
          const other = table[afterYours ?? '']?.client[mine];
          assert.notEqual(one, 'refuse', crossing);
          assert.equal(one, other, crossing);
        }
      }
    }
  }
});

test('a message of another kind of stream is refused', () => {
  assert.equal(walk('read', [['client', 'read']]).allows('client', 'finish'), false);
  assert.equal(
    walk('read', [['client', 'read']]).allows('client', 'toString' as MessageKind),
    false,
  );
});

test('the first message of a stream says what kind of stream it is', () => {
  const openers: Partial<Record<MessageKind, StreamType>> = {
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
  for (const [kind, type] of Object.entries(openers))
    assert.equal(streamTypeOf(kind as MessageKind), type);
  for (const kind of ['hello', 'finish', 'want', 'bundle'] as const)
    assert.equal(streamTypeOf(kind), undefined);
});

test('after END its sender is silent, and the other side is not', () => {
  const state = walk('read', [['client', 'read']]);
  assert.equal(state.hasEnded('client'), false);
  state.end('client');
  assert.equal(state.hasEnded('client'), true);
  assert.equal(state.hasEnded('hub'), false);
  assert.throws(
    () => state.on('client', 'want'),
    (error) => isRbError(error, 'protocol'),
  );
  assert.throws(
    () => state.end('client'),
    (error) => isRbError(error, 'protocol'),
  );
  state.on('hub', 'bundle');
  assert.equal(state.isOver, false);
  state.end('hub');
  assert.equal(state.isOver, true);
});

test('stream 0 never ends', () => {
  assert.throws(
    () => new StreamState('login').end('hub'),
    (error) => isRbError(error, 'protocol'),
  );
});
