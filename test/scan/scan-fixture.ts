import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/base/clock.ts';
import { loadPosix } from '../../src/posix/open.ts';
import type { Posix } from '../../src/posix/posix.ts';
import type { ScanRequest, ScanTotals } from '../../src/scan/protocol.ts';
import { scanTree } from '../../src/scan/scan-tree.ts';
import { Collector } from './collector.ts';
import type { Tree } from './collector.ts';

export type ScanOptions = Partial<Omit<ScanRequest, 'root' | 'statePath' | 'nextStatePath'>> & {
  readonly posix?: Posix;
  readonly clock?: Clock;
  readonly root?: string;
};

export type Scanned = {
  readonly tree: Tree;
  readonly totals: ScanTotals;
  readonly seen: Collector;
};

/** A clock by which everything on disk is long settled. */
export const LATER: Clock = { ...systemClock, nowMs: () => Date.now() + 60_000 };

/** A folder to scan, a memory of its last scan, and a hub that holds what was sent before. */
export class Place {
  readonly root: string;
  readonly statePath: string;
  readonly #held = new Map<string, Uint8Array>();
  hasState = false;

  constructor(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), 'rbbackup-scan-'));
    this.root = join(folder, 'root');
    this.statePath = join(folder, 'state');
    mkdirSync(this.root);
    // Paths may be longer than node:fs can remove.
    t.after(() => spawnSync('rm', ['-rf', folder]));
  }

  path(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(join(this.path(name), '..'), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  request(options: ScanOptions): ScanRequest {
    const { posix: _posix, clock: _clock, root, ...rest } = options;
    return {
      what: 'tree',
      keepDeleted: false,
      exclude: [],
      listFiles: true,
      ...rest,
      root: Buffer.from(root ?? this.root),
      statePath: this.hasState ? this.statePath : null,
      nextStatePath: `${this.statePath}.next`,
    };
  }

  /** Scans in this thread, checks all that must hold for every scan, and remembers the new state. */
  scan(options: ScanOptions = {}): Scanned {
    const seen = new Collector(this.#held, options.forget ?? false);
    const means = {
      posix: options.posix ?? loadPosix(),
      clock: options.clock ?? LATER,
      outlet: seen,
    };
    const totals = scanTree(this.request(options), means);
    renameSync(`${this.statePath}.next`, this.statePath);
    this.hasState = true;
    const tree = seen.tree();
    const entries = [...tree.values()];
    assert.equal(totals.dirs, entries.filter(({ kind }) => kind === 'dir').length);
    assert.equal(totals.files, entries.length - totals.dirs);
    assert.equal(
      totals.bytes,
      entries.reduce((sum, { size }) => sum + size, 0),
    );
    assert.equal(totals.skipped, seen.skipped.length);
    assert.equal(totals.changed, seen.changedPaths.length);
    assert.equal(totals.deleted, seen.deletedPaths.length);
    waitForTick(this.statePath);
    return { tree, totals, seen };
  }
}

/** Returns when the file system's clock has moved on, so that a change from now on shows in a ctime. */
function waitForTick(file: string): void {
  const probe = `${file}.probe`;
  writeFileSync(probe, '');
  const first = statSync(probe, { bigint: true }).ctimeNs;
  do writeFileSync(probe, 'x');
  while (statSync(probe, { bigint: true }).ctimeNs === first);
}

/** A port some calls of which are replaced. */
export function posixWith(calls: (posix: Posix) => Partial<Posix>): Posix {
  const posix = loadPosix();
  return { ...posix, ...calls(posix) };
}

/** An error as the system's. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export function isNamed(name: Uint8Array, text: string): boolean {
  return Buffer.from(name).toString() === text;
}
