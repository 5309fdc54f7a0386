import { decodeFrameHeader, encodeFrameHeader, FRAME_HEADER_BYTES } from '../../src/wire/frame.ts';
import type { FrameHeader, FrameType } from '../../src/wire/frame.ts';
import type { FrameSink } from '../../src/wire/frame-decoder.ts';
import type { Event } from './naive-decoder.ts';

/** A frame's bytes; nothing about it is checked. */
export function frame(
  type: FrameType,
  stream: number,
  payload: Uint8Array,
  more: boolean = false,
): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  encodeFrameHeader(bytes, 0, { type, stream, more, payloadBytes: payload.length });
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

/** All frames in some bytes, read in the plainest way; a last one that is cut short is left out. */
export function framesOf(pieces: readonly Uint8Array[]): (FrameHeader & { payload: Uint8Array })[] {
  const bytes = new Uint8Array(Buffer.concat(pieces));
  const frames: (FrameHeader & { payload: Uint8Array })[] = [];
  for (let at = 0; at + FRAME_HEADER_BYTES <= bytes.length;) {
    const header = decodeFrameHeader(bytes, at);
    at += FRAME_HEADER_BYTES;
    if (at + header.payloadBytes > bytes.length) break;
    frames.push({ ...header, payload: bytes.slice(at, at + header.payloadBytes) });
    at += header.payloadBytes;
  }
  return frames;
}

/** Writes down what a decoder says. @param takes - whether it wants bundles */
export function recorder(events: Event[], takes: boolean = true): FrameSink {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const add = (what: string, stream: number, bytes: Uint8Array): void =>
    void events.push({ what, stream, bytes: hex(bytes) });
  return {
    message: (stream, payload) => add('message', stream, payload),
    bundleBegins: (stream, head) => {
      add(`begins ${head.recordBytes}`, stream, new Uint8Array(0));
      return takes;
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
  };
}
