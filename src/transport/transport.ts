/** The port: what every way of carrying streams between a client and a hub offers. TLS over TCP is the first. */

import type { Clock } from '../base/clock.ts';
import type { RbError } from '../base/errors.ts';
import type { SharedArena, SharedLease } from '../base/shared-arena.ts';
import type { Incoming, Message } from '../wire/messages.ts';
import type { TokenBucket } from './token-bucket.ts';

/** What a device or a hub proves its identity with. */
export type Identity = {
  /** PKCS #8, PEM. A secret. */
  readonly keyPem: string;
  /** X.509, self-signed, PEM. */
  readonly certPem: string;
  /** SHA-256 of the certificate (DER), 64 lower-case hexadecimal digits: the device's id. */
  readonly fingerprint: string;
};

/**
 * One conversation of a connection. What is sent on it arrives in order. Sending what the state tables
 * (wire/states.ts) don't allow rejects with `protocol`; receiving it ends the connection.
 */
export interface Stream {
  readonly id: number;

  /**
   * Queues a message. It is encoded at once: the caller may change it afterwards. Resolves when less than
   * the high-water mark waits on this stream; who awaits each call never makes it hold more than one message above it.
   *
   * @throws RbError `too-large`; `protocol`; or what the stream or the connection ended with
   */
  send(message: Message): Promise<void>;

  /**
   * Queues a bundle record. Its bytes must not change before it was sent or dropped; of a lease one hold is taken over,
   * and let go then. Otherwise as `send`.
   */
  sendBundle(record: SharedLease | Uint8Array): Promise<void>;

  /**
   * The next message or bundle, which is the caller's (a bundle's record is to be released); null when the other side has ended. One call at a time.
   * What isn't fetched is kept; beyond 48 MiB of it, a small message counting as 1 KiB, or 96 MiB of all streams
   * together, the connection isn't read until something was fetched.
   *
   * @throws RbError what the other side failed the stream with; `connection-lost` and others if the connection ended
   */
  next(): Promise<Incoming | null>;

  /** Says that nothing more will be sent; what is queued is sent before. May be called any number of times. */
  end(): void;

  /** Ends the stream both ways, at once; what is queued is dropped. Of the error its code and message travel. */
  fail(error: RbError): void;

  /** Settles when the stream is over both ways: null after two ENDs, otherwise the reason. Never rejects. */
  readonly closed: Promise<RbError | null>;
}

/** Either end of a connection. */
export interface Connection {
  /** `host:port` of the other side, for people and logs. */
  readonly remoteAddress: string;
  /** SHA-256 of the other side's certificate (DER), lower-case hexadecimal. */
  readonly peerFingerprint: string;
  /** That certificate, DER. */
  readonly peerCertificate: Uint8Array;
  /** Stream 0: hello and welcome. It never ends. */
  readonly control: Stream;
  /** Whether the login is done. */
  readonly isLoggedIn: boolean;

  /**
   * The hub calls it when it has sent welcome, the client when it has got it: lifts the deadline of 10 s and the limit
   * of 64 KiB. Before, the other side can't open a stream.
   */
  markLoggedIn(): void;

  /**
   * At the client: opens a stream by its first message.
   *
   * @throws RbError `busy` if 64 are open; `connection-lost` or what the connection ended with
   */
  openStream(first: Message): Stream;

  /**
   * At the hub: who is told of streams that the client opens; `first` is its first message, which `next()` doesn't
   * give again. Set it before `markLoggedIn()`.
   */
  onStream(callback: (stream: Stream, first: Message) => void): void;

  /**
   * Ends the connection. With a reason the other side is told it (GOAWAY) and what is queued is dropped; without one it
   * is closed after everything that is queued was written, or at the latest after two seconds.
   */
  close(reason?: RbError): void;

  /** Settles when the connection is over and its last words are written: null after `close()` without a reason. Never rejects. */
  readonly closed: Promise<RbError | null>;

  /**
   * Keeps to a rate that it shares with others, in place of its own: every connection that is given the same buckets takes
   * from them. Pings go ahead in any case.
   */
  shareRate(incoming: TokenBucket, outgoing: TokenBucket): void;

  /** When something was last heard of the other side, by the clock's `monotonicMs`. */
  readonly lastHeardMs: number;
  /** Bytes on the wire, encryption included. */
  readonly bytesWritten: number;
  readonly bytesRead: number;
}

/** Options of both ends. */
export type TransportOptions = {
  readonly identity: Identity;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Most bytes a second in each direction, of one connection. Default: none. */
  readonly limitBytesPerSec?: number;
  /** Where the bundles lie that arrive. Default: memory of their own. */
  readonly arena?: SharedArena;
};

export type ListenOptions = TransportOptions & {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** A client arrived; it has proven that it holds the key of `peerFingerprint`, nothing more. */
  readonly onConnection: (connection: Connection) => void;
};

export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Takes no more connections; those there are stay. */
  close(): Promise<void>;
}

export type ConnectOptions = TransportOptions & {
  /** `host:port` each; the first that answers rightly is taken. */
  readonly addresses: readonly string[];
  /** The hub's fingerprint, hexadecimal; null: whoever answers is taken, the caller keeps `peerFingerprint`. */
  readonly expectedFingerprint: string | null;
  readonly localPort?: number;
  /** For each address. Default: 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

export interface Transport {
  /**
   * @throws RbError `port-taken`; `not-allowed` for a port that needs rights; `usage` for an address that isn't here
   */
  listen(options: ListenOptions): Promise<Listener>;

  /**
   * Connects; nothing of the protocol has been said then. To a wrong fingerprint not a byte of it is sent.
   *
   * @throws RbError `not-trusted`, `connection-lost`, `timeout`, `usage`, `interrupted`
   */
  connect(options: ConnectOptions): Promise<Connection>;
}
