import assert from 'node:assert/strict';
import { describe } from 'node:test';

import type { LackingChunk } from '../../src/catalog/lacking.ts';
import { KEY, checkWith, idOf } from './catalog-cases.ts';
import type { Open } from './catalog-cases.ts';

const path = Uint8Array.of(0x2f);
const mail = { ...KEY, set: 'mail' };
const data: LackingChunk = { id: idOf(1), kind: 'data' };
const page: LackingChunk = { id: idOf(2), kind: 'page' };
const record: LackingChunk = { id: idOf(3), kind: 'snapshot' };
const list: LackingChunk = { id: idOf(0), kind: 'list' };

/** What the vault has lost. */
export function catalogLacking(name: string, open: Open): void {
  const check = checkWith(open);

  describe(`what is lacking in ${name}`, () => {
    check(
      'it is noted for each set that needs it, and what names others comes first',
      (catalog) => {
        catalog.ensureSet(KEY, path);
        catalog.ensureSet(mail, path);
        assert.equal(catalog.lackingCount(), 0);
        catalog.noteLacking(KEY, [data, list, page, record], 10);
        catalog.noteLacking(mail, [data], 20);
        catalog.noteLacking({ ...KEY, set: 'unknown' }, [data], 30);
        assert.equal(catalog.lackingCount(), 4);
        const rows = catalog.lackingChunks();
        assert.deepEqual(
          rows.map(({ kind }) => kind),
          ['snapshot', 'page', 'list', 'data', 'data'],
        );
        assert.deepEqual(
          rows.filter(({ kind }) => kind === 'data').map(({ key }) => key.set),
          ['home', 'mail'],
        );
      },
    );

    check('it goes for one set or for all', (catalog) => {
      catalog.ensureSet(KEY, path);
      catalog.ensureSet(mail, path);
      for (const key of [KEY, mail]) catalog.noteLacking(key, [data, page], 10);
      catalog.removeLacking([data.id, idOf(9)], mail);
      assert.equal(catalog.lackingCount(), 2);
      assert.equal(catalog.lackingChunks().length, 3);
      catalog.removeLacking([page.id]);
      assert.deepEqual(catalog.lackingChunks(), [{ ...data, key: KEY, told: false }]);
    });

    check('what was told stays told when it is noted again', (catalog) => {
      catalog.ensureSet(KEY, path);
      catalog.noteLacking(KEY, [data], 10);
      catalog.markLackingTold();
      catalog.noteLacking(KEY, [data, page], 20);
      const told = catalog.lackingChunks().map(({ kind, told: isTold }) => [kind, isTold]);
      assert.deepEqual(told, [
        ['page', false],
        ['data', true],
      ]);
    });
  });
}
