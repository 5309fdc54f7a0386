import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { leaseCopy } from '../../src/base/shared-arena.ts';
import { decodeMessage, decodeReason } from '../../src/wire/codec.ts';
import { encodeCbor } from '../../src/wire/cbor.ts';
import { kindOf } from '../../src/wire/messages.ts';
import type { Message } from '../../src/wire/messages.ts';
import { SAMPLES } from './samples.ts';

const isProtocol = (error: unknown): boolean => isRbError(error, 'protocol');

const id = new Uint8Array(32).fill(9);
const part = { k: 'part', path: id, offset: 0, id, bytes: 1, depth: 3 };
const snapshotKinds = ['data', 'list', 'page', 'snapshot'];
const destination = '0123456789abcdef0123456789abcdef';

type Choice = { readonly takes: readonly unknown[]; readonly refuses: readonly unknown[] };

/** By message and field: what else it may be, and what it may not. */
const CHOICES: Readonly<Record<string, Readonly<Record<string, Choice>>>> = {
  hello: { version: { takes: [0, 0xffff], refuses: [0x1_0000] } },
  welcome: {
    version: { takes: [0, 0xffff], refuses: [0x1_0000] },
    rights: { takes: ['member', 'read-only', 'admin'], refuses: ['owner', ''] },
  },
  backup: {
    copies: { takes: [0, 1024], refuses: [1025] },
    waitMs: { takes: [null, 0], refuses: ['0'] },
    memory: { takes: [null], refuses: [id.subarray(1)] },
  },
  waiting: {
    names: { takes: [[], Array(64).fill('a')], refuses: [Array(65).fill('a'), ['']] },
  },
  start: { latest: { takes: [null], refuses: [{ id }] } },
  offer: { kind: { takes: ['data', 'list', 'page'], refuses: ['snapshot', ''] } },
  'want-bits': {
    bits: { takes: [new Uint8Array(0), new Uint8Array(128)], refuses: [new Uint8Array(129)] },
  },
  part: { depth: { takes: [0, 3], refuses: [4] } },
  receive: { filter: { takes: [null], refuses: [{ user: 'ana' }] } },
  log: {
    items: {
      takes: [[part], Array.from({ length: 256 }, () => part)],
      refuses: [[], Array.from({ length: 257 }, () => part), [{ ...part, k: 'other' }]],
    },
  },
  want: { kind: { takes: snapshotKinds, refuses: ['bundle'] } },
  at: { phase: { takes: ['receiving', 'finishing'], refuses: ['sending', ''] } },
  copies: {
    copies: {
      takes: ['waiting', 'receiving', 'behind', 'verified', 'failed', 'gone'].map((state) => [
        { destination, name: 'a', state, bytes: 0, total: 0, file: id },
      ]),
      refuses: ['lost', ''].map((state) => [
        { destination, name: 'a', state, bytes: 0, total: 0, file: id },
      ]),
    },
  },
};

for (const [kind, choices] of Object.entries(CHOICES)) {
  const sample = SAMPLES.find((one) => kindOf(one) === kind) as Message;
  for (const [field, { takes, refuses }] of Object.entries(choices)) {
    test(`"${field}" of "${kind}" may be what the specification lists, and nothing else`, () => {
      for (const value of takes) {
        const message = { ...sample, [field]: value };
        assert.deepEqual(decodeMessage(encodeCbor(message)), message);
      }
      for (const value of refuses)
        assert.throws(() => decodeMessage(encodeCbor({ ...sample, [field]: value })), isProtocol);
    });
  }
}

test('a run, a snapshot or both are offered and followed, but not neither', () => {
  for (const sample of SAMPLES) {
    if (sample.t !== 'offered' && sample.t !== 'follow') continue;
    for (const [run, snapshot] of [
      ['r', null],
      [null, id],
      ['r', id],
    ] as const) {
      const message: object = { ...sample, run, snapshot };
      assert.deepEqual(decodeMessage(encodeCbor(message)), message);
    }
    const neither = { ...sample, run: null, snapshot: null };
    assert.throws(() => decodeMessage(encodeCbor(neither)), isProtocol);
  }
});

test('the id of a destination is 32 digits, no more and nothing around them', () => {
  const sample = SAMPLES.find(({ t }) => t === 'copies');
  assert.ok(sample?.t === 'copies');
  for (const wrong of [`${destination}0`, ` ${destination}`, destination.toUpperCase()]) {
    const copies = sample.copies.map((copy) => ({ ...copy, destination: wrong }));
    assert.throws(() => decodeMessage(encodeCbor({ ...sample, copies })), isProtocol);
  }
});

test('the role of a client is one of three', () => {
  const sample = SAMPLES.find(({ t }) => t === 'status');
  assert.ok(sample?.t === 'status');
  for (const role of ['origin', 'destination', 'observer', 'hub']) {
    const clients = sample.clients.map((client) => ({ ...client, role }));
    const message: object = { ...sample, clients };
    const decode = (): Message => decodeMessage(encodeCbor(message));
    if (role === 'hub') assert.throws(decode, isProtocol);
    else assert.deepEqual(decode(), message);
  }
});

test('what is no map with the name of a message in it is refused', () => {
  const values = ['f6', '00', '6174', '80', 'a0', 'a1617405', 'a1617461aa', 'a161746474686973'];
  for (const hex of [...values, 'a161746b636f6e7374727563746f72'])
    assert.throws(() => decodeMessage(new Uint8Array(Buffer.from(hex, 'hex'))), isProtocol, hex);
});

test('a reason without its code or its words is refused', () => {
  for (const wrong of [{ code: 'internal' }, { message: 'x' }, { code: 1, message: 'x' }])
    assert.throws(() => decodeReason(encodeCbor(wrong)), isProtocol);
});

test('a bundle that arrived has a kind as well', () => {
  const record = leaseCopy(Uint8Array.of(1));
  assert.equal(kindOf({ t: '#bundle', record }), 'bundle');
  record.release();
});
