import assert from 'node:assert';
import type { MessagePort } from 'node:worker_threads';

import { RbError } from '../base/errors.ts';
import { SharedArena } from '../base/shared-arena.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import { MOST_LEASES } from './lease-returns.ts';
import type { LeaseReturns } from './lease-returns.ts';
import type { Outlet } from './outlet.ts';
import type { ScanChunks, ScanEvent } from './protocol.ts';

/** Chunks on their way to the other thread: the room is a number and a place in the memory of both. */
export type ThreadChunks = Omit<ScanChunks, 'room'> & {
  readonly lease: number;
  readonly at: number;
  readonly length: number;
};

export type ThreadEvent = Exclude<ScanEvent, ScanChunks> | ThreadChunks;

/** The outlet of a scanning thread. It sleeps while its memory is out, so nothing else may need its event loop. */
export class ThreadOutlet implements Outlet {
  readonly #port: MessagePort;
  readonly #returns: LeaseReturns;
  readonly #arena: SharedArena;
  /** By number: those that are out. */
  readonly #leases: (SharedLease | null)[] = Array.from({ length: MOST_LEASES }, () => null);

  /** @param memory that both threads see; only this one takes of it */
  constructor(port: MessagePort, returns: LeaseReturns, memory: SharedArrayBuffer) {
    this.#port = port;
    this.#returns = returns;
    this.#arena = new SharedArena(memory);
  }

  emit(event: ScanEvent): void {
    if (event.t !== 'chunks') return this.#port.postMessage(event, []);
    const { room, ...rest } = event;
    const lease = this.#leases.indexOf(null);
    this.#leases[lease] = room;
    const { at, length } = room.range;
    const message: ThreadChunks = { ...rest, lease, at, length };
    const tables = [rest.ids, rest.offsets, rest.lengths].map(({ buffer }) => buffer);
    this.#port.postMessage(message, tables as ArrayBuffer[]);
  }

  take(bytes: number): SharedLease {
    assert(bytes <= this.#arena.capacityBytes, 'a chunk is longer than all memory for chunks');
    for (;;) {
      this.checkStop();
      this.#takeBack();
      const lease = this.#leases.includes(null) ? this.#arena.takeInside(bytes) : null;
      if (lease !== null) return lease;
      this.#returns.wait();
    }
  }

  checkStop(): void {
    if (!this.#returns.isStopped) return;
    throw new RbError(
      'interrupted',
      'The scan was stopped; running the command again goes on from there.',
    );
  }

  #takeBack(): void {
    for (let back = this.#returns.take(); back !== null; back = this.#returns.take()) {
      const lease = this.#leases[back.lease];
      if (lease === null || lease === undefined) continue;
      if (back.keptBytes > 0) {
        lease.narrow({ ...lease.range, length: Math.min(lease.bytes.length, back.keptBytes) });
      } else {
        this.#leases[back.lease] = null;
        lease.release();
      }
    }
  }
}
