import { UDP_WINDOW_BYTES } from './udp-channel.ts';

const UDX_HEADER_BYTES = 20;
/** What may be held back of a stream that has delivered nothing yet. */
const LEAST_HELD_BYTES = 256 * 1024;
/** Of what a stranger delivers, so much may have come more than once. */
const TWICE = 1 / 8;
/** Acknowledgements of what we sent have up to 400 bytes of gaps for each packet of some 1,150. */
const GAPS = 1 / 2;
/** Who has logged in may have a window on its way, and half of one sent twice while nothing is delivered. */
const MOST_HELD_BYTES = UDP_WINDOW_BYTES * 1.5;

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
 * would fill our memory. What it keeps it doesn't tell: only how much came in all, kept or twice.
 */
export class HoardWatch {
  #deliveredBytes = 0;
  #sentBytes = 0;
  /** What has come more than once, as far as can be told. */
  #twiceBytes = 0;

  /**
   * To be asked some times a second.
   * @param isTrusted whether it has logged in. A stranger, who can have nothing delivered but a login, gets no further than
   *   half a megabyte. Of others a gap may last: where a packet in twenty is lost, so is many a one that is sent again, and
   *   meanwhile all of the window comes. What comes twice is forgiven as the stream goes on, and not saved up.
   */
  isHoarding(counts: StreamCounts, isTrusted: boolean): boolean {
    const { receivedBytes, receivedPackets, deliveredBytes, sentBytes } = counts;
    const surplusBytes = receivedBytes - UDX_HEADER_BYTES * receivedPackets - deliveredBytes;
    if (!isTrusted) {
      const onItsWay = Math.min(UDP_WINDOW_BYTES, LEAST_HELD_BYTES + 3 * deliveredBytes);
      return surplusBytes > onItsWay + deliveredBytes * TWICE + sentBytes * GAPS;
    }
    const forgiven = deliveredBytes - this.#deliveredBytes + (sentBytes - this.#sentBytes) * GAPS;
    this.#deliveredBytes = deliveredBytes;
    this.#sentBytes = sentBytes;
    this.#twiceBytes = Math.max(0, Math.min(surplusBytes, this.#twiceBytes + forgiven));
    return surplusBytes - this.#twiceBytes > MOST_HELD_BYTES;
  }
}
