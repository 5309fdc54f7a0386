import { isDeepStrictEqual } from 'node:util';

import { concatBytes, hex } from '../../../src/base/bytes.ts';
import { blake3 } from '../../../src/base/hash.ts';
import { isRbError } from '../../../src/base/errors.ts';
import { SharedArena } from '../../../src/base/shared-arena.ts';
import { formatAddress, parseAddress } from '../../../src/wire/address.ts';
import { decodeCbor } from '../../../src/wire/cbor.ts';
import {
  decodeMessage,
  decodeReason,
  encodeMessage,
  encodeReason,
} from '../../../src/wire/codec.ts';
import { FrameDecoder } from '../../../src/wire/frame-decoder.ts';
import { decodeInvitation, encodeInvitation } from '../../../src/wire/invitation.ts';
import { bundleRecord } from '../../conformance/transport-data.ts';
import { frame } from '../../wire/frames.ts';
import { decodeNaively } from '../../wire/naive-decoder.ts';
import type { Event } from '../../wire/naive-decoder.ts';
import { SAMPLES } from '../../wire/samples.ts';
import { again, bytesOf, hold } from '../engine/target.ts';
import type { FuzzTarget } from '../engine/target.ts';

const arena = new SharedArena(64 * 1024 * 1024);
const MESSAGES = SAMPLES.map((message) => encodeMessage(message));

/** What a decoder says of bytes that arrive in pieces, and whether it refused them in the end. */
function eventsOf(bytes: Uint8Array, pieceBytes: number): { events: Event[]; isRefused: boolean } {
  const events: Event[] = [];
  const add = (what: string, stream: number, payload: Uint8Array): void =>
    void events.push({ what, stream, bytes: hex(payload) });
  const decoder = new FrameDecoder(
    {
      message: (stream, payload) => add('message', stream, payload),
      bundleBegins: (stream, head) => {
        add(`begins ${head.recordBytes}`, stream, new Uint8Array(0));
        return true;
      },
      bundle: (stream, record) => {
        add('bundle', stream, record.bytes);
        record.release();
      },
      end: (stream) => add('end', stream, new Uint8Array(0)),
      fail: (stream, payload) => add('fail', stream, payload),
      ping: (payload) => add('ping', 0, payload),
      pong: (payload) => add('pong', 0, payload),
      goAway: (payload) => add('goaway', 0, payload),
    },
    arena,
  );
  let isRefused = false;
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.slice(at, at + pieceBytes);
      decoder.push(piece);
      piece.fill(0xaa);
    }
  } catch (error) {
    if (!isRbError(error, 'protocol')) throw error;
    isRefused = true;
  }
  decoder.close();
  hold(arena.usedBytes === 0, 'all leases are given back');
  return { events, isRefused };
}

const frames: FuzzTarget = {
  name: 'wire-frames',
  covers: ['wire/frame-decoder.ts', 'wire/frame.ts'],
  codes: ['protocol'],
  seeds: () => {
    const record = bundleRecord(300, 1);
    const pieces = [record.subarray(0, 60), record.subarray(60, 200), record.subarray(200)];
    const cut = pieces.map((piece, i) => frame('bundle', 3, piece, i < 2));
    const text = [frame('message', 1, bytesOf('ab'), true), frame('message', 1, bytesOf('c'))];
    return [
      concatBytes([frame('ping', 0, new Uint8Array(8)), frame('pong', 0, new Uint8Array(8))]),
      concatBytes([...text, ...cut, frame('end', 1, new Uint8Array(0))]),
      concatBytes([text[0] as Uint8Array, frame('fail', 1, bytesOf('x')), ...cut.slice(0, 2)]),
      concatBytes([frame('goaway', 0, bytesOf('x')), frame('bundle', 5, record)]),
    ];
  },
  run: (input) => {
    const whole = eventsOf(input, Math.max(1, input.length));
    for (const pieceBytes of [1, 7, 48]) {
      const cut = eventsOf(input, pieceBytes);
      hold(isDeepStrictEqual(cut, whole), `pieces of ${pieceBytes} bytes say the same`);
    }
    if (whole.isRefused) return;
    const said = decodeNaively(input);
    // The decoder tells of a bundle's head before its frame is whole.
    const isSame = isDeepStrictEqual(whole.events.slice(0, said.length), said);
    hold(isSame, 'the naive twin says the same');
  },
  // Each piece makes an error with its stack, and a recording in hexadecimal.
  budget: { allocatedBytes: 1024 * 1024, allocatedPerByte: 2048, msPerByte: 0.1 },
};

const message: FuzzTarget = {
  name: 'wire-message',
  covers: [
    'wire/cbor.ts',
    'wire/codec.ts',
    'wire/fields.ts',
    'wire/messages.ts',
    'wire/messages-ask.ts',
    'wire/messages-backup.ts',
    'wire/messages-follow.ts',
    'wire/messages-login.ts',
  ],
  codes: ['protocol'],
  seeds: () => [
    ...MESSAGES,
    // Each becomes four characters when it is shown.
    encodeMessage({ t: 'queued', behind: '\u0001'.repeat(1500) }),
  ],
  words: ['t', 'k', '__proto__', 'constructor', 'want', 'status', '\ufeff', '\u0000\u202e'].flatMap(
    (text) => [bytesOf(text), concatBytes([Uint8Array.of(0x60 + text.length), bytesOf(text)])],
  ),
  run: (input) => {
    const decoded = decodeMessage(input);
    // What a hub was told it tells others: that has to be something that they take.
    const sentOn = again('sent on', () => decodeMessage(encodeMessage(decoded)));
    hold(isDeepStrictEqual(sentOn, decoded), 'a message that is sent on is the same');
  },
  // Characters that are not shown become four, one by one.
  budget: { allocatedPerByte: 1024 },
};

const reason: FuzzTarget = {
  name: 'wire-reason',
  covers: ['wire/codec.ts', 'wire/cbor.ts'],
  codes: ['protocol'],
  seeds: () => [
    encodeReason({ code: 'busy', message: 'Later.' }),
    encodeReason({ code: 'disk-full', message: 'é\u{1f600}' }),
  ],
  run: (input) => {
    const decoded = decodeReason(input);
    again('sent on', () => decodeReason(encodeReason(decoded)));
  },
};

const cbor: FuzzTarget = {
  name: 'wire-cbor',
  covers: ['wire/cbor.ts'],
  codes: ['protocol'],
  seeds: () => MESSAGES,
  run: (input) => void decodeCbor(input),
};

const HOSTS = ['a.example:1', '[fe80::1%eth0]:65535', '10.0.0.1:7420', '[::1]:80'];

const invitation: FuzzTarget = {
  name: 'wire-invitation',
  covers: ['wire/invitation.ts', 'wire/address.ts'],
  codes: ['usage'],
  words: [bytesOf('\ufeff'), bytesOf('a:1'), bytesOf('[::1]')],
  seeds: () =>
    [HOSTS, HOSTS.slice(2)].map((addresses) =>
      contentOf(
        encodeInvitation({
          addresses,
          fingerprint: new Uint8Array(32).fill(5),
          name: 'ana',
          secret: new Uint8Array(16).fill(7),
        }),
      ),
    ),
  run: (input) => {
    // The bytes below base64; with an even first one the letters themselves.
    const body = input.subarray(1);
    const code =
      input[0] === 0
        ? `rbb1-${Buffer.from(body).toString('base64url')}`
        : Buffer.from(body).toString();
    const decoded = decodeInvitation(code);
    const made = again('made again', () => decodeInvitation(encodeInvitation(decoded)));
    hold(isDeepStrictEqual(made, decoded), 'an invitation that is made again says the same');
  },
  mend: (input) => {
    const content = input.subarray(1, Math.max(1, input.length - 4));
    return concatBytes([Uint8Array.of(0), content, blake3(content).subarray(0, 4)]);
  },
};

function contentOf(code: string): Uint8Array {
  return concatBytes([Uint8Array.of(0), Buffer.from(code.slice('rbb1-'.length), 'base64url')]);
}

const address: FuzzTarget = {
  name: 'wire-address',
  covers: ['wire/address.ts'],
  codes: ['usage'],
  seeds: () => [...HOSTS, 'localhost', '[::]', 'x_y.z:00001'].map((host) => bytesOf(host)),
  run: (input) => {
    const parsed = parseAddress(Buffer.from(input).toString());
    const read = again('written again', () => parseAddress(formatAddress(parsed)));
    hold(isDeepStrictEqual(read, parsed), 'an address that is written again is the same');
  },
};

export const WIRE_TARGETS: readonly FuzzTarget[] = [
  frames,
  message,
  reason,
  cbor,
  invitation,
  address,
];
