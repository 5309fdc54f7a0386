import type { Clock } from '../base/clock.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { SharedArena } from '../base/shared-arena.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import type { Vault } from '../vault/vault.ts';
import type { ChunkSource } from './chunk-source.ts';
import type { Healer } from './heal/healer.ts';
import type { Listening } from './listening.ts';
import type { ProofDesk } from './proofs/proof-desk.ts';
import type { Register } from './register.ts';
import type { Releases } from './releases.ts';
import type { HoldRule } from './runs/hold-rule.ts';
import type { RunTable } from './runs/run-table.ts';
import type { SetLocks } from './runs/set-locks.ts';
import type { Signal } from './signal.ts';
import type { UserLimitsKeeper } from './user-limits.ts';

/** A line for the hub's log. Every text in it is escaped and safe to print. */
export type HubEvent = {
  readonly level: 'info' | 'warn' | 'error';
  /** What happened, in one word or two: `login`, `refused`, `run-committed`, … */
  readonly event: string;
  readonly message: string;
  readonly address?: string;
  readonly user?: string;
  readonly set?: string;
  readonly code?: string;
};

/** What every part of a running hub shares. */
export type HubContext = {
  /** The hub's own name, for people. */
  readonly name: string;
  /** SHA-256 of its certificate, hexadecimal. */
  readonly fingerprint: string;
  /** Whether anybody may log in by name alone. */
  readonly isOpen: boolean;
  readonly startedMs: number;
  readonly clock: Clock;
  readonly log: (event: HubEvent) => void;
  readonly vault: Vault;
  readonly catalog: Catalog;
  /** Threads that check and compress bundles. */
  readonly pool: WorkerPool;
  /** Where bundles lie that come and go. */
  readonly arena: SharedArena;
  readonly chunks: ChunkSource;
  readonly register: Register;
  readonly proofs: ProofDesk;
  readonly runs: RunTable;
  readonly locks: SetLocks;
  /** When a run is held back; null: never. */
  readonly holdRule: HoldRule | null;
  readonly releases: Releases;
  readonly listening: Listening;
  readonly healer: Healer;
  readonly limits: UserLimitsKeeper;
  /** A snapshot was committed, a copy was verified, a set or a destination came into being; and what else the catalog shows of them. */
  readonly history: Signal;
  /** How many snapshots the catalog has. */
  readonly snapshotCount: { value: number };
};

export const PROGRAM = 'rbbackup 0.1.0';
