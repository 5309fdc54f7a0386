import { isDeepStrictEqual } from 'node:util';

import { Compile } from 'typebox/compile';
import type { TSchema } from 'typebox';

import { concatBytes, equalBytes } from '../../../src/base/bytes.ts';
import * as clientApi from '../../../src/console/api/client-api.ts';
import * as hubApi from '../../../src/console/api/hub-api.ts';
import {
  decodeDatagram,
  encodeDatagram,
  udxStreamId,
} from '../../../src/transport/udp-datagrams.ts';
import { creditRecord, dataHeader, UdpRecords } from '../../../src/transport/udp-records.ts';
import { bytesOf, hold } from '../engine/target.ts';
import type { FuzzTarget } from '../engine/target.ts';

const nonce = new Uint8Array(16).fill(4);
const cookie = new Uint8Array(32).fill(6);

const datagrams: FuzzTarget = {
  name: 'udp-datagrams',
  covers: ['transport/udp-datagrams.ts'],
  codes: [],
  seeds: () => [
    encodeDatagram({ type: 'hello', nonce, version: 1 }),
    encodeDatagram({ type: 'cookie', nonce, cookie }),
    encodeDatagram({ type: 'connect', nonce, cookie, streamId: 77 }),
    encodeDatagram({ type: 'accept', nonce, streamId: 78 }),
    encodeDatagram({ type: 'refuse', nonce, why: 'busy' }),
    encodeDatagram({ type: 'gone', streamId: 79 }),
    concatBytes([Uint8Array.of(0xff, 1), new Uint8Array(30)]),
  ],
  run: (input) => {
    const decoded = decodeDatagram(input);
    const stream = udxStreamId(input);
    hold(decoded === null || stream === null, 'it is one of ours or of UDX');
    if (decoded === null || input[3] !== 1) return;
    hold(
      equalBytes(encodeDatagram(decoded), input),
      'a datagram that is written again is the same',
    );
  },
};

function recordsOf(input: Uint8Array, pieceBytes: number): { data: Uint8Array; credit: number } {
  const data: Uint8Array[] = [];
  let credit = 0;
  const records = new UdpRecords({
    data: (bytes) => data.push(Uint8Array.from(bytes)),
    credit: (bytes) => (credit += bytes),
  });
  for (let at = 0; at < input.length; at += pieceBytes) {
    records.push(input.subarray(at, at + pieceBytes));
  }
  hold(records.bytes === input.length, 'every byte is counted');
  return { data: concatBytes(data), credit };
}

const records: FuzzTarget = {
  name: 'udp-records',
  covers: ['transport/udp-records.ts'],
  codes: [],
  seeds: () => [
    concatBytes([
      dataHeader(3),
      bytesOf('abc'),
      creditRecord(70_000),
      dataHeader(9),
      bytesOf('de'),
    ]),
  ],
  run: (input) => {
    const whole = recordsOf(input, Math.max(1, input.length));
    for (const bytes of [1, 3]) {
      hold(isDeepStrictEqual(recordsOf(input, bytes), whole), 'pieces say what the whole says');
    }
  },
  budget: { allocatedPerByte: 2048 },
};

/** Names of the library's that describe a request. */
const SCHEMAS = Object.entries({ ...clientApi, ...hubApi }).filter(
  ([name, schema]) => typeof schema === 'object' && /(?:Request|Choice)$/.test(name),
) as unknown as readonly (readonly [string, TSchema])[];
const CHECKS = SCHEMAS.map(([, schema]) => Compile(schema));

const bodies: FuzzTarget = {
  name: 'console-bodies',
  covers: ['console/api/client-api.ts', 'console/api/hub-api.ts', 'console/api/common.ts'],
  codes: [],
  seeds: () =>
    [
      { code: 'rbb1-x', localPort: 5 },
      { fingerprint: 'ab'.repeat(32), name: 'ana' },
      { kind: 'verify', folder: { path: '/x', pathBytes: 'L3k=' } },
      {
        kind: 'restore',
        snapshot: 'ab'.repeat(32),
        subtree: null,
        into: { path: '/x' },
        overwrite: true,
      },
      { kind: 'receive', folder: { path: '/x' }, set: { user: 'a', host: 'b', set: 'c' } },
      {
        kind: 'backup',
        source: { path: '/x' },
        copies: 1,
        exclude: ['*.tmp'],
        recursive: true,
        delete: false,
        dryRun: false,
        waitMs: null,
      },
    ].map((body) => bytesOf(JSON.stringify(body))),
  words: ['{', '}', '[', ']', 'null', '1e999', '"', '__proto__', '-1', ',', ':'].map((text) =>
    bytesOf(text),
  ),
  run: (input) => {
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(input).toString());
    } catch {
      return;
    }
    for (const check of CHECKS) {
      hold(check.Check(value) === check.Check(structuredClone(value)), 'the same answer twice');
    }
  },
};

export const NET_TARGETS: readonly FuzzTarget[] = [datagrams, records, bodies];
