/** The records on a stream over UDP: docs/spec/wire.md, chapter 9. */

const HEADER_BYTES = 4;
const CREDIT_FLAG = 0x8000_0000;

export type RecordSink = {
  /** A part of a data record, as it came: valid as long as the bytes that were pushed. */
  readonly data: (bytes: Uint8Array) => void;
  readonly credit: (bytes: number) => void;
};

/** What stands before so many bytes of data. */
export function dataHeader(bytes: number): Uint8Array {
  return record(bytes);
}

/** Lets the other side send so many bytes more. */
export function creditRecord(bytes: number): Uint8Array {
  return record((CREDIT_FLAG | bytes) >>> 0);
}

/** Takes records apart, however they are cut; holds none of their data. */
export class UdpRecords {
  readonly #sink: RecordSink;
  /** What is there of a header, and its bytes' number. */
  #header = 0;
  #headerBytes = 0;
  #dataBytes = 0;
  #bytes = 0;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** All that was pushed. */
  get bytes(): number {
    return this.#bytes;
  }

  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      if (this.#dataBytes > 0) {
        const part = bytes.subarray(at, at + this.#dataBytes);
        this.#dataBytes -= part.length;
        at += part.length;
        this.#sink.data(part);
      } else {
        this.#takeHeaderByte(bytes[at++] as number);
      }
    }
  }

  #takeHeaderByte(byte: number): void {
    this.#header += byte * 2 ** (8 * this.#headerBytes);
    if (++this.#headerBytes < HEADER_BYTES) return;
    const header = this.#header;
    this.#header = 0;
    this.#headerBytes = 0;
    if (header >= CREDIT_FLAG) this.#sink.credit(header - CREDIT_FLAG);
    else this.#dataBytes = header;
  }
}

function record(header: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  new DataView(bytes.buffer).setUint32(0, header, true);
  return bytes;
}
