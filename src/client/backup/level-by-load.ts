/** What an origin is doing at the moment at which a bundle is to be compressed. */
export type Load = {
  /** Threads that compress. */
  readonly threads: number;
  /** Bundles that wait for them or are in work, this one among them. */
  readonly packing: number;
  /** Whether what is packed already waits to be sent. */
  readonly isSending: boolean;
};

const THRIFTY = 3;
const QUICK = 1;
/** Bundles a thread that make a backlog: one in work, one ready at the thread, and two more. */
const BACKLOG = 4;

/**
 * The level of zstd for the next bundle (docs/adr/0009-level-by-load.md). Thrifty, unless compressing is what holds
 * the run up: then each thread has a backlog, while the link has nothing to do.
 */
export function levelByLoad({ threads, packing, isSending }: Load): number {
  return !isSending && packing >= threads * BACKLOG ? QUICK : THRIFTY;
}
