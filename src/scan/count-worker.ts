/** A thread that counts what a first scan will come to, much faster than it can be read. Ended by scanner.ts. */

import { lstatSync, readdirSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

import { Excludes } from './excludes.ts';
import type { ScanRequest, ScanTotal } from './protocol.ts';

const REPORT_MS = 200;
const SLASH = Buffer.from('/');

const { root, what, exclude } = workerData as ScanRequest;
const port = parentPort;
const excludes = new Excludes(exclude);
let files = 0;
let bytes = 0;
let reportedMs = performance.now();

function report(): void {
  const total: ScanTotal = { t: 'total', files, bytes, final: false };
  port?.postMessage(total);
  reportedMs = performance.now();
}

function countIn(folder: Buffer, relative: Buffer): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
    const path = relative.length === 0 ? entry.name : Buffer.concat([relative, SLASH, entry.name]);
    const isDir = entry.isDirectory();
    if (excludes.has(path, isDir)) continue;
    const full = Buffer.concat([folder, SLASH, entry.name]);
    try {
      if (!isDir) countFile(full, entry.isFile());
      else if (what === 'tree') countIn(full, path);
    } catch {
      // An estimate: what can't be looked at is left to the scan, which says so.
    }
    if (performance.now() - reportedMs > REPORT_MS) report();
  }
}

function countFile(path: Buffer, isFile: boolean): void {
  files++;
  if (isFile) bytes += lstatSync(path).size;
}

try {
  countIn(Buffer.from(root), Buffer.alloc(0));
  report();
} catch {
  // The scan meets the same fault and reports it.
}
