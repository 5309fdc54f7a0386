import type { SharedLease } from '../base/shared-arena.ts';
import type { ScanEvent } from './protocol.ts';

/** Where a scan's events go, and where its memory comes from. Synchronous: it belongs to the scanning thread. */
export interface Outlet {
  /** Hands an event on; its room and its tables are the receiver's from then on. */
  emit(event: ScanEvent): void;
  /** Room for chunks, to be sent with them; waits until there is so much. @throws RbError interrupted */
  take(bytes: number): SharedLease;
  /** Cheap enough to be asked for each file. @throws RbError interrupted once the scan is to end */
  checkStop(): void;
}
