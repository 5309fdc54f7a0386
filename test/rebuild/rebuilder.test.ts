import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { leaseCopy } from '../../src/base/shared-arena.ts';
import type { ChunkTable } from '../../src/chunk/bundle-jobs.ts';
import type { RebuildEvent, RebuildRequest } from '../../src/rebuild/protocol.ts';
import { startRebuild } from '../../src/rebuild/rebuilder.ts';
import { itemsOf } from './fake-hub.ts';
import { describeTree } from './same-tree.ts';
import { idKey, scan } from './source-tree.ts';
import type { Hub } from './source-tree.ts';

let base = '';
let origin = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rebuild-'));
  origin = join(base, 'origin');
  mkdirSync(origin);
  for (let i = 0; i < 40; i++) writeFileSync(join(origin, `file-${i}`), `content ${i}`);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function request(): RebuildRequest {
  return {
    policy: 'destination',
    root: Buffer.from(join(base, 'copy')),
    stateDir: join(base, 'state'),
    subtree: null,
    overwrite: false,
    windowBytes: 1024 * 1024,
    listFiles: true,
    keepSetId: false,
    canRepair: false,
    total: 0,
    filesTotal: 40,
  };
}

function tableOf(id: Uint8Array, bytes: number): ChunkTable {
  return { ids: id, offsets: Uint32Array.of(0), lengths: Uint32Array.of(bytes) };
}

function randomId(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

describe('the thread that rebuilds a tree', () => {
  it('does it, needs no memory that it was lent any more, and ends', async () => {
    const hub: Hub = { chunks: new Map() };
    const items = itemsOf(scan(hub, origin));
    const seen: RebuildEvent['t'][] = [];
    let lent = 0;
    const handle = startRebuild(request(), (event) => {
      seen.push(event.t);
      if (event.t === 'more') handle.items(items.splice(0, event.most));
      if (event.t !== 'want') return;
      for (let at = 0; at < event.ids.length; at += 32) {
        const id = event.ids.slice(at, at + 32);
        const lease = leaseCopy(hub.chunks.get(idKey(id)) as Uint8Array);
        lent++;
        handle.chunks(lease.range, tableOf(id, lease.bytes.length), () => {
          lent--;
          lease.bytes.fill(0xee);
        });
      }
    });
    const done = await handle.done;
    assert.ok(done.verified);
    assert.equal(done.files, 40);
    assert.equal(lent, 0);
    assert.ok(seen.includes('at') && seen.includes('files'));
    assert.deepEqual(describeTree(join(base, 'copy')), describeTree(origin));
  });

  it('gives back what it was lent when it ends before it has looked at it', async () => {
    const lease = leaseCopy(Buffer.from('nobody asked for this'));
    let taken = 0;
    const handle = startRebuild(request(), (event) => {
      if (event.t !== 'more') return;
      handle.stop();
      for (let i = 0; i < 3; i++) handle.chunks(lease.range, tableOf(randomId(), 4), () => taken++);
    });
    await assert.rejects(handle.done);
    assert.equal(taken, 3);
    handle.chunks(lease.range, tableOf(randomId(), 4), () => taken++);
    assert.equal(taken, 4);
  });

  it('can be stopped', async () => {
    const handle = startRebuild(request(), (event) => {
      if (event.t === 'more') handle.stop();
    });
    await assert.rejects(handle.done, (error) => isRbError(error, 'interrupted'));
  });

  it('says why it can not begin', async () => {
    writeFileSync(join(base, 'copy'), 'a file');
    const handle = startRebuild(request(), () => undefined);
    await assert.rejects(handle.done, (error) => isRbError(error, 'dir-unwritable'));
  });

  it("ends with an aborted run's own reason", async () => {
    const handle = startRebuild(request(), (event) => {
      if (event.t === 'more')
        handle.items([{ k: 'abort', code: 'connection-lost', message: 'The origin is gone.' }]);
    });
    await assert.rejects(handle.done, (error) => isRbError(error, 'connection-lost'));
  });
});
