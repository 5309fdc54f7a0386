import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { run } from './fake-hub.ts';
import { scan } from './source-tree.ts';
import type { Hub } from './source-tree.ts';

const MTIME = 1_700_000_000;

let base = '';
let origin = '';
let copy = '';
let hub: Hub = { chunks: new Map() };

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rebuild-'));
  [origin, copy] = [join(base, 'origin'), join(base, 'copy')];
  mkdirSync(origin);
  mkdirSync(copy);
  hub = { chunks: new Map() };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** A file of a folder, at a time that two folders share. */
function write(folder: string, name: string, content: string): void {
  writeFileSync(join(folder, name), content);
  utimesSync(join(folder, name), MTIME, MTIME);
}

function readOr(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

describe("what is somebody else's and looks like what would come there", () => {
  it('outlives runs that are killed wherever they are, when the origin has it no more', () => {
    let early = 0;
    for (let killAfter = 1; killAfter <= 8; killAfter++) {
      const name = `file-${killAfter}`;
      write(origin, name, 'from the origin');
      write(origin, 'other', `something new ${killAfter}`);
      write(copy, name, "somebody else's");
      write(origin, `${name}-same`, 'the very same');
      write(copy, `${name}-same`, 'the very same');
      mkdirSync(join(origin, `${name}-folder`));
      mkdirSync(join(copy, `${name}-folder`));
      run(hub, copy, scan(hub, origin), { killAfter, windowBytes: 16 * 1024 });
      // A run that comes to its end takes over what is just as recorded.
      const isOver = readOr(join(copy, 'other')) === `something new ${killAfter}`;
      for (const gone of [name, `${name}-same`, `${name}-folder`])
        rmSync(join(origin, gone), { recursive: true });
      const { end } = run(hub, copy, scan(hub, origin));
      assert.equal(end.t, 'done');
      for (const same of isOver ? [] : [`${name}-same`, `${name}-folder`]) {
        assert.ok(existsSync(join(copy, same)), `${same} after ${killAfter}`);
        early++;
      }
      assert.equal(readFileSync(join(copy, name), 'utf8'), "somebody else's", `after ${killAfter}`);
      assert.equal(readFileSync(join(copy, 'other'), 'utf8'), `something new ${killAfter}`);
    }
    assert.ok(early > 2, 'no run was killed early enough');
  });
});

describe('a file that a killed run has put in place', () => {
  it('goes when the next run does not want it', () => {
    let left = 0;
    for (let killAfter = 1; killAfter <= 8; killAfter++) {
      const name = `file-${killAfter}`;
      write(origin, name, 'from the origin');
      for (let i = 0; i < 20; i++) write(origin, `other-${i}`, `${killAfter} ${i}`.repeat(2000));
      run(hub, copy, scan(hub, origin), { killAfter, windowBytes: 16 * 1024 });
      if (existsSync(join(copy, name))) left++;
      rmSync(join(origin, name));
      const { end } = run(hub, copy, scan(hub, origin));
      assert.ok(end.t === 'done' && end.verified);
      assert.equal(existsSync(join(copy, name)), false, `after ${killAfter}`);
    }
    assert.ok(left > 0, 'no run was killed late enough');
  });
});
