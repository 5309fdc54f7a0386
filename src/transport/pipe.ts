/** What a connection needs of whatever carries its bytes: in order, whole, encrypted, back-pressured. */
export interface Pipe {
  readonly remoteAddress: string;
  /** SHA-256 of the other side's certificate (DER), lower-case hexadecimal. */
  readonly peerFingerprint: string;
  /** That certificate, DER. */
  readonly peerCertificate: Uint8Array;
  /** On the wire, encryption included. */
  readonly bytesWritten: number;
  readonly bytesRead: number;

  /** Writes; the bytes must not change until `done`, which is called when the system has taken them, or never, when the pipe broke. */
  write(bytes: Uint8Array, done: () => void): void;
  /** Says that no more will be written; reading goes on. */
  end(): void;
  /** Stops reading from the system, so that the other side feels it, and goes on. */
  pause(): void;
  resume(): void;
  /** Ends all at once. */
  destroy(): void;
  /**
   * Begins to read. `onBytes` gets bytes that are valid during the call only; `onClosed` is called once, with the
   * error if there was one, also if the other side ended without a word.
   */
  start(onBytes: (bytes: Uint8Array) => void, onClosed: (error: Error | null) => void): void;
}
