import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import fc from 'fast-check';

import { Cutter } from '../../src/chunk/cutter.ts';
import { gearTable, loadGear } from '../../src/chunk/gear.ts';
import { CUT_RULE, GEAR_SEED } from '../../src/model/chunking.ts';
import type { CutRule } from '../../src/model/chunking.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { plainCuts } from './plain-cutter.ts';
import { sampleBytes } from './sample-data.ts';

const SMALL: CutRule = {
  minBytes: 64,
  normalBytes: 200,
  maxBytes: 1000,
  strictBits: 9,
  looseBits: 5,
};

type Part = {
  readonly sample?: string;
  readonly fill?: number;
  readonly from?: number;
  readonly bytes: number;
};
type Vectors = {
  readonly rule: CutRule;
  readonly gearSeed: string;
  readonly table: Record<string, string>;
  readonly hashOfBytes0To63: string;
  readonly vectors: readonly {
    readonly name: string;
    readonly data: readonly Part[];
    readonly lengths: number[];
  }[];
};

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/chunking.json', import.meta.url), 'utf8'),
) as Vectors;

function bytesOf(part: Part): Buffer {
  const from = part.from ?? 0;
  if (part.sample === undefined) return Buffer.alloc(part.bytes, part.fill);
  return sampleBytes(part.sample, from + part.bytes).subarray(from);
}

/** A reader of `data` that gives at most `pieces[i]` bytes the i-th time, over and over. */
function readerOf(data: Buffer, pieces: readonly number[]) {
  let at = 0;
  let turn = 0;
  return (window: Buffer, to: number, bytes: number): number => {
    const piece = Math.min(pieces[turn++ % pieces.length] as number, bytes, data.length - at);
    data.copy(window, to, at, at + piece);
    at += piece;
    return piece;
  };
}

function cutsOf(cutter: Cutter, data: Buffer, pieces: readonly number[] = [1 << 20]): number[] {
  const lengths: number[] = [];
  let at = 0;
  for (const chunk of cutter.cut(readerOf(data, pieces))) {
    assert.ok(
      chunk.equals(data.subarray(at, at + chunk.length)),
      'a chunk is not the data at its place',
    );
    at += chunk.length;
    lengths.push(chunk.length);
  }
  assert.equal(at, data.length);
  return lengths;
}

test('the rule, the table and the hash are those of the published vectors', () => {
  assert.deepEqual(vectors.rule, CUT_RULE);
  assert.equal(vectors.gearSeed, GEAR_SEED);
  const table = gearTable();
  const numberAt = (byte: number): bigint => table.readBigUInt64LE(byte * 8);
  for (const [byte, number] of Object.entries(vectors.table))
    assert.equal(numberAt(Number(byte)), BigInt(number));
  let hash = 0n;
  for (let byte = 0; byte < 64; byte++) hash = BigInt.asUintN(64, (hash << 1n) + numberAt(byte));
  assert.equal(hash, BigInt(vectors.hashOfBytes0To63));
  assert.equal(CUT_RULE.maxBytes, LIMITS.chunkBytes);
});

for (const { name, data, lengths } of vectors.vectors) {
  test(`the published vector "${name}" is cut as it says, by the twin too`, () => {
    const whole = Buffer.concat(data.map(bytesOf));
    assert.deepEqual(cutsOf(new Cutter(), whole), lengths);
    assert.deepEqual(plainCuts(whole), lengths);
  });
}

test('any data, read in any pieces, is cut as the plain twin cuts it', () => {
  const cutter = new Cutter(SMALL, 4096);
  const data = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 3000 }),
        fc.tuple(fc.nat(255), fc.nat(4000)).map(([fill, bytes]) => Buffer.alloc(bytes, fill)),
        fc.tuple(fc.string(), fc.nat(20_000)).map(([seed, bytes]) => sampleBytes(seed, bytes)),
      ),
      { maxLength: 5 },
    )
    .map((parts) => Buffer.concat(parts));
  const pieces = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(data, pieces, (bytes, sizes) => {
      assert.deepEqual(cutsOf(cutter, bytes, sizes), plainCuts(bytes, SMALL));
    }),
    { seed: 20161, numRuns: 200 },
  );
});

test('data many times the window is cut as if it lay there in one piece', () => {
  const rule: CutRule = { ...SMALL, minBytes: 3000, normalBytes: 6000, maxBytes: 50_000 };
  const cutter = new Cutter(rule, 1 << 20);
  const data = sampleBytes('long', 3 * cutter.window.length + 12_345);
  assert.deepEqual(cutsOf(cutter, data, [1 << 20, 77_777]), plainCuts(data, rule));
});

test('a window that is full to its last byte is judged without reading behind it', () => {
  const { window, scan } = loadGear(64 * 1024);
  assert.equal(window.length, 64 * 1024);
  for (let bytes = 0; bytes < 20; bytes++) {
    assert.equal(scan(window.length - bytes, window.length + 1, 63), -1);
  }
});

test('a file is cut straight from its descriptor, and a second one afterwards is not disturbed', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rbbackup-cutter-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const data = sampleBytes('file', 5_000_000);
  const path = join(folder, 'file');
  writeFileSync(path, data);
  const cutter = new Cutter();
  for (let round = 0; round < 2; round++) {
    const fd = openSync(path, 'r');
    const lengths: number[] = [];
    for (const chunk of cutter.cut((window, at, bytes) => readSync(fd, window, at, bytes, null))) {
      lengths.push(chunk.length);
      // Given up in the middle of a chunk the first time.
      if (round === 0) break;
    }
    closeSync(fd);
    if (round === 1) assert.deepEqual(lengths, plainCuts(data));
  }
});

test('a byte put in front changes one chunk of random data and no other', () => {
  const data = sampleBytes('insert', 200_000);
  const cutter = new Cutter(SMALL, 4096);
  const before = cutsOf(cutter, data);
  const after = cutsOf(cutter, Buffer.concat([Buffer.of(7), data]));
  assert.deepEqual(after.slice(-before.length + 3), before.slice(3));
});

test('compiling assembly/gear.ts again gives the committed gear.wasm', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rbbackup-wasm-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const compiled = join(folder, 'gear.wasm');
  const script = fileURLToPath(new URL('../../scripts/build-wasm.sh', import.meta.url));
  execFileSync('sh', [script, compiled], { env: { ...process.env, NODE: process.execPath } });
  const committed = readFileSync(new URL('../../src/chunk/gear.wasm', import.meta.url));
  assert.ok(readFileSync(compiled).equals(committed), 'run npm run build:wasm');
});
