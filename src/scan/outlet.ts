import type { ScanEvent } from './protocol.ts';

/** Where a scan's events go, and where its buffers come from. Synchronous: it belongs to the scanning thread. */
export interface Outlet {
  /** @param transfer buffers that move with the event: they are the receiver's from then on */
  emit(event: ScanEvent, transfer: readonly ArrayBuffer[]): void;
  /** A buffer of the pool; waits until there is one. @throws RbError interrupted */
  takeArena(): ArrayBuffer;
  /** Cheap enough to be asked for each file. @throws RbError interrupted once the scan is to end */
  checkStop(): void;
}
