import { availableParallelism } from 'node:os';

import { Places } from '../../../base/places.ts';
import { SharedArena } from '../../../base/shared-arena.ts';
import { createBundlePool } from '../../../chunk/bundles.ts';
import type { WorkerPool } from '../../../chunk/worker-pool.ts';

/** An idle thread is some 14 MB of memory; three check 2 GB/s, which is more than disks write. */
const MOST_THREADS = 3;
/** A scan takes some 45 MB: 16 MiB for what is on its way, a thread, and its packing. */
const SCANS = 2;
/** A transfer takes some 30 MB: a thread, and what is in hand of its window. */
const TRANSFERS = 3;
/** Restores and verifies: never behind transfers, which may take as long as their origins do. */
const REBUILDS = 2;

/**
 * What all tasks of this process share, so that many of them take no more memory than a few: the threads that pack and
 * check, and places for what is at work at a time. Waiting, for a hub or for others, takes none.
 */
export class WorkRoom {
  readonly pool: WorkerPool;
  readonly scans = new Places(SCANS);
  readonly transfers = new Places(TRANSFERS);
  readonly rebuilds = new Places(REBUILDS);
  /** Address space, for what arrives; as much memory is taken as is in hand at the busiest moment of all tasks. */
  readonly arena = new SharedArena(256 * 1024 * 1024);
  /** Of each transfer. */
  readonly windowBytes: number = 8 * 1024 * 1024;

  constructor() {
    this.pool = createBundlePool(Math.min(MOST_THREADS, availableParallelism()));
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}
