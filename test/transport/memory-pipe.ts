import type { Pipe } from '../../src/transport/pipe.ts';

/** One end of a pipe whose other end is the test: what is written is kept, nothing happens by itself. */
export class MemoryPipe implements Pipe {
  readonly remoteAddress = '127.0.0.1:1';
  readonly peerFingerprint: string = '0'.repeat(64);
  readonly peerCertificate: Uint8Array = new Uint8Array(0);
  readonly bytesRead = 0;
  bytesWritten = 0;
  isPaused = false;
  isEnded = false;
  isDestroyed = false;
  /** While false, the system takes nothing. */
  takes = true;
  written: Uint8Array[] = [];
  #held: (() => void)[] = [];
  #onBytes: (bytes: Uint8Array) => void = () => undefined;
  #onClosed: (error: Error | null) => void = () => undefined;

  start(onBytes: (bytes: Uint8Array) => void, onClosed: (error: Error | null) => void): void {
    this.#onBytes = onBytes;
    this.#onClosed = onClosed;
  }

  write(bytes: Uint8Array, done: () => void): void {
    this.written.push(bytes.slice());
    this.bytesWritten += bytes.length;
    if (this.takes) queueMicrotask(done);
    else this.#held.push(done);
  }

  /** The system takes everything that was written, and what comes. */
  take(): void {
    this.takes = true;
    for (const done of this.#held.splice(0)) done();
  }

  /** Bytes from the other side. */
  give(bytes: Uint8Array): void {
    this.#onBytes(bytes);
  }

  /** The other side is gone. */
  close(error: Error | null = null): void {
    this.#onClosed(error);
  }

  end(): void {
    this.isEnded = true;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    queueMicrotask(() => this.#onClosed(null));
  }
}
