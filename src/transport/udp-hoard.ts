import { UDP_WINDOW_BYTES } from './udp-channel.ts';

const UDX_HEADER_BYTES = 20;
/** What may be held back of a stream that has delivered nothing yet. */
const LEAST_HELD_BYTES = 256 * 1024;
/** Of what was delivered, so much may have come more than once: 1/8, where 5 % loss makes a few in a hundred. */
const TWICE = 1 / 8;
/** Acknowledgements of what we sent have up to 400 bytes of gaps for each packet of some 1,150. */
const GAPS = 1 / 2;

/** What is known of a stream; received bytes are those of whole packets, with UDX's headers. */
export type StreamCounts = {
  readonly receivedBytes: number;
  readonly receivedPackets: number;
  /** Of the stream's content, in order. */
  readonly deliveredBytes: number;
  readonly sentBytes: number;
};

/**
 * UDX keeps whatever comes ahead of a gap, without a bound of its own: a side that leaves a gap and goes on sending
 * would fill our memory. An honest one has a window on its way, at the beginning twice what was delivered (the first
 * phase of BBR). A stranger, who can have nothing delivered but a login, gets no further than half a megabyte.
 */
export function isHoarding(counts: StreamCounts): boolean {
  const { receivedBytes, receivedPackets, deliveredBytes, sentBytes } = counts;
  const heldBytes = receivedBytes - UDX_HEADER_BYTES * receivedPackets - deliveredBytes;
  const onItsWay = Math.min(UDP_WINDOW_BYTES, LEAST_HELD_BYTES + 3 * deliveredBytes);
  return heldBytes > onItsWay + deliveredBytes * TWICE + sentBytes * GAPS;
}
