import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { groupOf } from '../../bench/budget/groups.ts';
import type { Column, Point } from '../../bench/growth/series.ts';
import { trendOf } from '../../bench/growth/trend.ts';
import { replaceSection } from '../../bench/report/doc-section.ts';
import { logTicks, tickLabel } from '../../bench/report/log-axis.ts';
import { plotSvg } from '../../bench/report/svg-plot.ts';

const CPU: Column = { key: 'cpu', head: 'CPU', unit: 's', power: 1 };
const MEMORY: Column = { key: 'bytes', head: 'memory', unit: 'MB', power: 0 };

function points(key: string, values: readonly number[]): Point[] {
  return values.map((value, index) => ({
    x: 10 ** (index + 3),
    where: 'tmpfs',
    values: { [key]: value },
  }));
}

void test('time in proportion to the work is no fault, time by its square is one', () => {
  assert.deepEqual(trendOf(CPU, points('cpu', [0.1, 1, 10])), { power: 1, isFault: false });
  assert.deepEqual(trendOf(CPU, points('cpu', [0.1, 1, 100])), { power: 2, isFault: true });
});

void test('memory that doubles with ten times the work is a fault', () => {
  assert.equal(trendOf(MEMORY, points('bytes', [100e6, 105e6]))?.isFault, false);
  assert.equal(trendOf(MEMORY, points('bytes', [100e6, 200e6]))?.isFault, true);
});

void test('nothing is said of the step from no work at all', () => {
  const both = [{ x: 0, where: 'tmpfs', values: { cpu: 1 } } as const, ...points('cpu', [9])];
  assert.equal(trendOf(CPU, both), undefined);
});

void test('a logarithmic axis ends at ticks around all values', () => {
  assert.deepEqual(logTicks([1000, 1_000_000]).ticks, [1000, 10_000, 100_000, 1_000_000]);
  const narrow = logTicks([115, 240]);
  assert.ok(narrow.least <= 115 && narrow.most >= 240 && narrow.ticks.length >= 2);
  assert.ok(logTicks([7]).most > logTicks([7]).least);
  assert.deepEqual([0.5, 20, 5000, 21_474].map(tickLabel), ['0.5', '20', '5k', '21.5k']);
});

void test('a plot draws every point inside of its frame, and escapes names', () => {
  const svg = plotSvg({
    title: 'a < b',
    xTitle: 'x',
    yTitle: 'y',
    lines: [
      {
        name: 'a & "b"',
        points: [
          [1, 1],
          [1000, 50],
        ],
      },
    ],
  });
  assert.match(svg, /a &lt; b/);
  assert.match(svg, /a &amp; &quot;b&quot;/);
  const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)];
  assert.equal(circles.length, 2);
  for (const [, x, y] of circles) {
    assert.ok(Number(x) >= 64 && Number(x) <= 720 && Number(y) >= 40 && Number(y) <= 372);
  }
});

void test("a function's time goes to what it does, and waiting to nothing", () => {
  const at = (functionName: string, url: string): string | null => groupOf({ functionName, url });
  assert.equal(at('(idle)', ''), null);
  assert.equal(at('writev', ''), 'TLS and sockets');
  assert.equal(at('blake3', 'file:///x/src/base/hash.ts'), 'hashing');
  assert.equal(at('read', 'file:///x/src/posix/linux/file-calls.ts'), 'reading and writing files');
  assert.equal(at('anything', 'file:///x/src/scan/tree-walk.ts'), 'entries, pages, bundles');
});

void test('a section of a document is replaced between its marks, and one without marks is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rbbackup-doc-'));
  try {
    const page = join(folder, 'page.md');
    writeFileSync(page, 'before\n<!-- a: by the bench -->\nold $1\n<!-- end of a -->\nafter\n');
    replaceSection(page, 'a', ['new $& $1']);
    const text = readFileSync(page, 'utf8');
    assert.equal(
      text,
      'before\n<!-- a: by the bench -->\n\nnew $& $1\n\n<!-- end of a -->\nafter\n',
    );
    assert.throws(() => replaceSection(page, 'b', []), /no place for b/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
