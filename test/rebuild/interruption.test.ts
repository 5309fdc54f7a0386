import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { blake3 } from '../../src/base/hash.ts';
import { run } from './fake-hub.ts';
import { filesBelow, mutate, randomFrom } from './random-tree.ts';
import { describeTree } from './same-tree.ts';
import { idKey, scan } from './source-tree.ts';
import type { Hub } from './source-tree.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rebuild-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Every whole content that any version of the origin had, by path. */
function noteContents(origin: string, known: Set<string>): void {
  for (const path of filesBelow(origin)) {
    known.add(`${path.slice(origin.length)} ${idKey(blake3(readFileSync(path)))}`);
  }
}

function assertNoHalfFile(copy: string, known: ReadonlySet<string>): void {
  for (const path of filesBelow(copy)) {
    const name = path.slice(copy.length);
    if (name === '/mine') continue;
    assert.ok(
      known.has(`${name} ${idKey(blake3(readFileSync(path)))}`),
      `${JSON.stringify(name)} is no version of that file`,
    );
  }
}

describe('a destination that is interrupted', () => {
  for (let seed = 1; seed <= 100; seed++) {
    it(`ends with the origin's tree whatever happened to it before (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const hub: Hub = { chunks: new Map() };
      const origin = join(base, 'origin');
      const copy = join(base, 'copy');
      mkdirSync(origin);
      mkdirSync(copy);
      writeFileSync(join(copy, 'mine'), 'mine');
      const known = new Set<string>();
      const listsFrom = random(2) === 0 ? 8192 : Number.POSITIVE_INFINITY;
      mutate(origin, random, 60);
      for (let version = 0; version < 4; version++) {
        noteContents(origin, known);
        const scanned = scan(hub, origin, listsFrom);
        for (let kills = random(4); kills > 0; kills--) {
          const killed = run(hub, copy, scanned, { killAfter: random(12), windowBytes: 16 * 1024 });
          assert.deepEqual(killed.problems, []);
          assertNoHalfFile(copy, known);
        }
        // Sometimes the origin has moved on before the copy was whole.
        if (random(3) > 0) {
          const outcome = run(hub, copy, scanned, { windowBytes: 16 * 1024 });
          assert.deepEqual(outcome.problems, []);
          assert.ok(outcome.end.t === 'done' && outcome.end.verified, JSON.stringify(outcome.end));
          compare(copy, origin);
          assert.deepEqual(run(hub, copy, scanned).wanted, []);
        }
        mutate(origin, random, 25);
      }
      noteContents(origin, known);
      const last = run(hub, copy, scan(hub, origin, listsFrom));
      assert.deepEqual(last.problems, []);
      compare(copy, origin);
    });
  }

  it('does not ask again for what it has', () => {
    const hub: Hub = { chunks: new Map() };
    const origin = join(base, 'origin');
    const copy = join(base, 'copy');
    mkdirSync(origin);
    const random = randomFrom(7);
    const bytes = Buffer.from(Array.from({ length: 400_000 }, () => random(256)));
    for (let i = 0; i < 60; i++)
      writeFileSync(join(origin, `file-${i}`), bytes.subarray(i * 1000, i * 1000 + 900));
    writeFileSync(join(origin, 'long'), bytes);
    const scanned = scan(hub, origin);
    const first = run(hub, copy, scanned, { killAfter: 12 });
    const second = run(hub, copy, scanned);
    assert.ok(second.end.t === 'done' && second.end.verified);
    const arrived = first.wanted.slice(0, first.wanted.length / 2);
    assert.ok(first.wanted.length > 20);
    const again = second.wanted.filter((id) => arrived.includes(id));
    assert.ok(
      again.length <= arrived.length / 4,
      `${again.length} of ${arrived.length} were wanted again`,
    );
    assert.ok(first.wanted.length + second.wanted.length < hub.chunks.size + 40);
  });

  it('leaves what appears in a place while its content is on the way', () => {
    const hub: Hub = { chunks: new Map() };
    const origin = join(base, 'origin');
    const copy = join(base, 'copy');
    mkdirSync(origin);
    writeFileSync(join(origin, 'file'), 'from the origin');
    const outcome = run(hub, copy, scan(hub, origin), {
      between: (message) => {
        if (message === 2) writeFileSync(join(copy, 'file'), 'mine');
      },
    });
    assert.deepEqual(
      outcome.problems.map(({ code }) => code),
      ['in-the-way'],
    );
    assert.equal(readFileSync(join(copy, 'file'), 'utf8'), 'mine');
    run(hub, copy, scan(hub, origin), { killAfter: 1 });
    const again = run(hub, copy, scan(hub, origin));
    assert.ok(again.end.t === 'done' && !again.end.verified);
    assert.equal(readFileSync(join(copy, 'file'), 'utf8'), 'mine');
  });
});

function compare(copy: string, origin: string): void {
  const rootless = (lines: string[]): string[] => lines.filter((line) => !line.startsWith('"" '));
  assert.deepEqual(rootless(describeTree(copy, ['mine'])), rootless(describeTree(origin)));
  assert.equal(lstatSync(copy).mtimeMs, lstatSync(origin).mtimeMs);
  assert.equal(readFileSync(join(copy, 'mine'), 'utf8'), 'mine');
}
