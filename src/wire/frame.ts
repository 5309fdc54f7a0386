/** The 8 bytes in front of every frame: length u24 | type u8 | stream u32, little-endian. */

import { RbError } from '../base/errors.ts';
import { FRAME_PAYLOAD_BYTES, REASON_BYTES } from './wire-limits.ts';

export const FRAME_HEADER_BYTES = 8;
/** Payload of PING and PONG. */
export const PING_BYTES = 8;

/** Types by number. */
export const FRAME_TYPES = ['message', 'bundle', 'ping', 'pong', 'end', 'fail', 'goaway'] as const;
export type FrameType = (typeof FRAME_TYPES)[number];

/** Set in the type: more fragments of this message or bundle follow. */
const MORE = 0x80;

export type FrameHeader = {
  readonly type: FrameType;
  readonly more: boolean;
  readonly stream: number;
  readonly payloadBytes: number;
};

const NUMBERS: Readonly<Record<FrameType, number>> = {
  message: 0,
  bundle: 1,
  ping: 2,
  pong: 3,
  end: 4,
  fail: 5,
  goaway: 6,
};

/** What each type allows: bytes of payload, whether it may be a fragment, on which streams it may be. */
type Rule = { least: number; most: number; fragments: boolean; streams: 'any' | 'zero' | 'others' };
const RULES: Readonly<Record<FrameType, Rule>> = {
  message: { least: 1, most: FRAME_PAYLOAD_BYTES, fragments: true, streams: 'any' },
  bundle: { least: 1, most: FRAME_PAYLOAD_BYTES, fragments: true, streams: 'others' },
  ping: { least: PING_BYTES, most: PING_BYTES, fragments: false, streams: 'zero' },
  pong: { least: PING_BYTES, most: PING_BYTES, fragments: false, streams: 'zero' },
  end: { least: 0, most: 0, fragments: false, streams: 'others' },
  fail: { least: 1, most: REASON_BYTES, fragments: false, streams: 'others' },
  goaway: { least: 1, most: REASON_BYTES, fragments: false, streams: 'zero' },
};

/** Writes 8 bytes at `at`; the values must be in range, they are our own. */
export function encodeFrameHeader(target: Uint8Array, at: number, header: FrameHeader): void {
  const { payloadBytes, stream } = header;
  target[at] = payloadBytes;
  target[at + 1] = payloadBytes >>> 8;
  target[at + 2] = payloadBytes >>> 16;
  target[at + 3] = NUMBERS[header.type] | (header.more ? MORE : 0);
  target[at + 4] = stream;
  target[at + 5] = stream >>> 8;
  target[at + 6] = stream >>> 16;
  target[at + 7] = stream >>> 24;
}

/**
 * Reads 8 bytes and refuses what no frame may be, before any of its payload is looked at.
 *
 * @throws RbError `protocol`
 */
export function decodeFrameHeader(bytes: Uint8Array, at: number): FrameHeader {
  const byte = (offset: number): number => bytes[at + offset] as number;
  const payloadBytes = byte(0) | (byte(1) << 8) | (byte(2) << 16);
  const type = FRAME_TYPES[byte(3) & ~MORE];
  const more = (byte(3) & MORE) !== 0;
  const stream = (byte(4) | (byte(5) << 8) | (byte(6) << 16) | (byte(7) << 24)) >>> 0;
  if (type === undefined) throw malformed('of an unknown type');
  const rule = RULES[type];
  if (payloadBytes < rule.least || payloadBytes > rule.most) {
    throw malformed(`of type ${type} with ${payloadBytes} bytes`);
  }
  if (more && !rule.fragments) throw malformed(`of type ${type} in fragments`);
  if (rule.streams !== 'any' && (rule.streams === 'zero') !== (stream === 0)) {
    throw malformed(`of type ${type} on stream ${stream}`);
  }
  return { type, more, stream, payloadBytes };
}

function malformed(what: string): RbError {
  return new RbError('protocol', `The other side sent a frame ${what}.`);
}
