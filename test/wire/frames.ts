import { decodeFrameHeader, encodeFrameHeader, FRAME_HEADER_BYTES } from '../../src/wire/frame.ts';
import type { FrameHeader, FrameType } from '../../src/wire/frame.ts';

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
