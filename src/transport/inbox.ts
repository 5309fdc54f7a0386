import type { Incoming } from '../wire/messages.ts';

/** What of one stream, and of all together, may lie unfetched before the connection is no longer read. */
const STREAM_BYTES = 48 * 1024 * 1024;
const CONNECTION_BYTES = 96 * 1024 * 1024;
/** What a message costs at least while it waits to be fetched, so that many small ones are bounded too. */
const LEAST_MESSAGE_BYTES = 1024;
/** Fetched messages in front of the unfetched ones, before the list is copied. */
const COMPACT_AT = 4096;

type Unfetched = { readonly incoming: Incoming; readonly bytes: number };

/** What has arrived on a stream and was not fetched, in order. */
export class Inbox {
  readonly #onChange: (byBytes: number) => void;
  #list: Unfetched[] = [];
  #at = 0;
  #bytes = 0;
  #isReleased = false;

  /** @param onChange - told by how much its bytes grew or shrank */
  constructor(onChange: (byBytes: number) => void) {
    this.#onChange = onChange;
  }

  /** Bytes that count for the connection's bound. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param wireBytes - what it took on the wire */
  add(incoming: Incoming, wireBytes: number): void {
    const bytes = Math.max(wireBytes, LEAST_MESSAGE_BYTES);
    this.#list.push({ incoming, bytes });
    this.#count(bytes);
  }

  shift(): Incoming | undefined {
    const first = this.#list[this.#at];
    if (first === undefined) return undefined;
    this.#at += 1;
    if (this.#at === this.#list.length || this.#at >= COMPACT_AT) {
      this.#list = this.#list.slice(this.#at);
      this.#at = 0;
    }
    this.#count(-first.bytes);
    return first.incoming;
  }

  /** What nobody may fetch any more must not hold up the rest of the connection: from now on nothing of it counts. */
  release(): void {
    this.#count(-this.#bytes);
    this.#isReleased = true;
  }

  drop(): void {
    for (const { incoming } of this.#list.slice(this.#at)) letGo(incoming);
    this.#list = [];
    this.#at = 0;
  }

  #count(byBytes: number): void {
    if (this.#isReleased) return;
    this.#bytes += byBytes;
    this.#onChange(byBytes);
  }
}

/** Lets go of something that nobody will take. */
export function letGo(incoming: Incoming): void {
  if (incoming.t === '#bundle') incoming.record.release();
}

/** Whether so much lies unfetched, in all and on some stream, that the connection must not be read on. */
export function isTooMuch(
  allBytes: number,
  streams: Iterable<{ readonly inboxBytes: number }>,
): boolean {
  if (allBytes < STREAM_BYTES) return false;
  if (allBytes >= CONNECTION_BYTES) return true;
  for (const { inboxBytes } of streams) if (inboxBytes >= STREAM_BYTES) return true;
  return false;
}
