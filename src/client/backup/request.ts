import type { Clock } from '../../base/clock.ts';
import type { WorkerPool } from '../../chunk/worker-pool.ts';
import type { ScanSkipped, ScanTotals, ScanWhat } from '../../scan/protocol.ts';
import type { Copy, Held, Progress } from '../../wire/messages-backup.ts';
import type { HubSession } from '../session.ts';

export type BackupRequest = {
  /** Absolute path as bytes. */
  readonly source: Uint8Array;
  readonly what: ScanWhat;
  readonly set: string;
  readonly recursive: boolean;
  /** -d: what is gone here goes from the newest state. */
  readonly delete: boolean;
  readonly copies: number;
  /** How long to wait for destinations in all; null: for ever. */
  readonly waitMs: number | null;
  readonly exclude: readonly string[];
  readonly dryRun: boolean;
  readonly listFiles: boolean;
};

/** What is told on the way. */
export type BackupEvent =
  | { readonly t: 'queued'; readonly behind: string }
  | { readonly t: 'contended'; readonly by: string }
  | {
      readonly t: 'waiting';
      readonly connected: number;
      readonly needed: number;
      readonly names: readonly string[];
    }
  | { readonly t: 'started'; readonly otherSource: Uint8Array | null }
  | Progress
  | {
      readonly t: 'files';
      readonly paths: readonly Uint8Array[];
      readonly deleted: readonly Uint8Array[];
    }
  | ScanSkipped
  | { readonly t: 'committed'; readonly snapshot: Uint8Array }
  | { readonly t: 'copies'; readonly copies: readonly Copy[] };

export type BackupResult = {
  /** Null after a dry run. */
  readonly snapshot: Uint8Array | null;
  readonly totals: ScanTotals;
  /** Chunks the hub lacked, and their plain bytes. */
  readonly sentChunks: number;
  readonly sentPlainBytes: number;
  readonly copies: readonly Copy[];
  readonly skipped: readonly ScanSkipped[];
  /** Whether as many verified copies as asked were there at the end. */
  readonly hasCopies: boolean;
  /** The snapshot is held back from destinations until somebody releases it; null: it isn't. */
  readonly held: Held | null;
};

export type BackupContext = {
  readonly session: HubSession;
  readonly configDir: string;
  readonly pool: WorkerPool;
  readonly clock: Clock;
  readonly onEvent: (event: BackupEvent) => void;
  /** Awaited before the scan, for who bounds how many are at work at a time; what it answers is called behind the scan. */
  readonly takePlace?: () => Promise<() => void>;
  /** Ends the run; nothing of it counts, but what arrived at the hub isn't sent again. */
  readonly signal: AbortSignal;
};
