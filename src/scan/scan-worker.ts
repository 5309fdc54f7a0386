/** The thread that scans. Started by scanner.ts with a `ScanThread` as its data; ends with the scan. */

import { workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { systemClock } from '../base/clock.ts';
import { asDiskFault } from '../base/system-reason.ts';
import { loadPosix } from '../posix/open.ts';
import { LeaseReturns } from './lease-returns.ts';
import type { ScanRequest } from './protocol.ts';
import { scanTree } from './scan-tree.ts';
import { ThreadOutlet } from './thread-outlet.ts';

export type ScanThread = {
  readonly request: ScanRequest;
  readonly port: MessagePort;
  /** Of a `LeaseReturns`. */
  readonly returns: SharedArrayBuffer;
  /** Where chunks lie. */
  readonly memory: SharedArrayBuffer;
};

const { request, port, returns, memory } = workerData as ScanThread;
const outlet = new ThreadOutlet(port, new LeaseReturns(returns), memory);
try {
  const totals = scanTree(request, { posix: loadPosix(), clock: systemClock, outlet });
  outlet.emit({ t: 'done', ...totals });
} catch (error) {
  const { code, message } = asDiskFault(error);
  outlet.emit({ t: 'failed', error: { code, message } });
} finally {
  port.close();
}
