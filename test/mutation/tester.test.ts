import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { tempFolder } from '../vault/temp-folder.ts';
import { describe, nameOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';
import { Tester } from './tester.ts';

function mutant(id: string): Mutant {
  const at = { file: 'src/a.ts', line: 1, column: Number(id) + 1 };
  return { id, ...at, mutator: 'Number', original: '1', replacement: '2' };
}

/** A test with four mutants in it, behind switches like those of Stryker. */
const TEST = `
import assert from 'node:assert/strict';
import { test } from 'node:test';
const switches = (globalThis.__stryker__ ??= {});
const active = (id) => {
  const counts = switches.mutantCoverage?.static;
  if (counts !== undefined) counts[id] = (counts[id] || 0) + 1;
  if (process.env.__STRYKER_ACTIVE_MUTANT__ !== id) return false;
  if (switches.hitCount !== undefined && ++switches.hitCount > switches.hitLimit)
    throw new Error('too many');
  return true;
};
test('a result', () => assert.equal(active('0') ? 2 : 1, 1));
test('a result that nobody looks at', () => void active('1'));
test('a loop', () => { while (active('2')); });
test('a process that ends', () => { if (active('3')) process.exit(7); });
`;

function project(source: string): string {
  const copy = tempFolder();
  mkdirSync(join(copy, 'test/mutation'), { recursive: true });
  const inTest = 'test/mutation/in-test.ts';
  cpSync(join(import.meta.dirname, '../..', inTest), join(copy, inTest));
  writeFileSync(join(copy, 'a.test.ts'), source);
  return copy;
}

test('a mutant is killed if a test fails, loops or ends early, and survives if none does', async () => {
  const tester = new Tester(project(TEST));
  await tester.learn(['a.test.ts']);
  const fates: string[] = [];
  for (const id of ['0', '1', '2', '3', '4']) fates.push((await tester.try(mutant(id))).fate);
  assert.deepEqual(fates, ['killed', 'survived', 'killed', 'killed', 'unreached']);
});

test('a test that fails without any mutant is said to, and nothing is tried', async () => {
  const tester = new Tester(project(TEST.replace('2 : 1', '2 : 3')));
  await assert.rejects(tester.learn(['a.test.ts']), /a\.test\.ts fails without any mutant/);
});

test('mutants at one place have names of their own, and one line for people', () => {
  const one = mutant('0');
  const names = [one, { ...one, original: '1 + 1' }, { ...one, replacement: '3' }].map(nameOf);
  assert.equal(new Set(names).size, 3);
  assert.equal(
    describe({ ...one, original: `a\n  b${'c'.repeat(100)}` }),
    `src/a.ts:1:1 Number: a b${'c'.repeat(67)}… -> 2`,
  );
});
