import assert from 'node:assert/strict';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { run } from './fake-hub.ts';
import type { Outcome } from './fake-hub.ts';
import { scan } from './source-tree.ts';
import type { Hub } from './source-tree.ts';

const HOLE_BYTES = 3_000_000;

let base = '';
let origin = '';
let copy = '';
let hub: Hub = { chunks: new Map() };

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rebuild-'));
  [origin, copy] = [join(base, 'origin'), join(base, 'copy')];
  hub = { chunks: new Map() };
  mkdirSync(origin);
  overwrite(join(origin, 'file'), HOLE_BYTES, Buffer.from('behind the hole'));
  utimesSync(join(origin, 'file'), 1_700_000_000, 1_700_000_000);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Writes into a file, and keeps its time if it has one already. */
function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const before = statSync(path, { throwIfNoEntry: false });
  const fd = openSync(path, before === undefined ? 'w' : 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
  if (before !== undefined) utimesSync(path, before.atime, before.mtime);
}

const verify = (): Outcome => run(hub, copy, scan(hub, origin), { policy: 'verify' });
const codes = ({ problems }: Outcome): string[] => problems.map(({ code }) => code);

describe('a hole of a file', () => {
  it('is a hole in the copy', () => {
    assert.deepEqual(codes(run(hub, copy, scan(hub, origin))), []);
    assert.equal(statSync(join(copy, 'file')).size, HOLE_BYTES + 15);
    assert.ok(statSync(join(copy, 'file')).blocks * 512 < 100_000);
  });

  it('is as it was recorded if zeros are written in its place', () => {
    run(hub, copy, scan(hub, origin));
    overwrite(join(copy, 'file'), 1000, new Uint8Array(HOLE_BYTES - 1000));
    assert.deepEqual(codes(verify()), []);
  });

  it('is not as it was recorded if a single byte of it is another', () => {
    const path = join(copy, 'file');
    for (const at of [0, 1, 70_000, HOLE_BYTES / 2, HOLE_BYTES - 1]) {
      rmSync(copy, { recursive: true, force: true });
      run(hub, copy, scan(hub, origin));
      overwrite(path, at, Uint8Array.of(1));
      assert.ok(codes(verify()).includes('differs'), `byte ${at}`);
    }
  });
});
