import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { isRbError } from '../../src/base/errors.ts';
import type { Place, RecordAt, Vault } from '../../src/vault/vault.ts';
import { appendAll, firstId, noise, noiseRecord, recordOf } from '../vault/records.ts';

export type VaultUnderTest = { readonly vault: Vault };

/** A vault that outlives its process. */
export type LastingVaultUnderTest = VaultUnderTest & {
  /** Closes the vault and opens it again. */
  readonly reopen: (vault: Vault) => Promise<Vault>;
};

async function readOf(vault: Vault, id: Uint8Array): Promise<Uint8Array> {
  const place = vault.find(id);
  assert.ok(place !== undefined);
  return (await vault.read(place)).bytes.slice();
}

/** What every adapter of the vault has to do. */
export function vaultConformance(name: string, open: () => Promise<VaultUnderTest>): void {
  const withVault = async (work: (subject: VaultUnderTest) => Promise<void>): Promise<void> => {
    const subject = await open();
    try {
      await work(subject);
    } finally {
      await subject.vault.close();
    }
  };

  describe(`the vault in ${name}`, () => {
    test('has nothing at first', () =>
      withVault(async ({ vault }) => {
        const id = firstId(noiseRecord(1));
        assert.equal(vault.has(id), false);
        assert.equal(vault.find(id), undefined);
        assert.equal(vault.stats().chunks, 0);
        await vault.sync();
      }));

    test('gives back the very bytes of every record that was appended', () =>
      withVault(async ({ vault }) => {
        const records = Array.from({ length: 40 }, (_, i) =>
          noiseRecord(i, 1 + (i % 5), 500 * (1 + (i % 7))),
        );
        await appendAll(vault, records);
        for (const { record, bundle } of records) {
          for (const { id } of bundle.chunks) assert.deepEqual(await readOf(vault, id), record);
        }
        const { records: count, chunks, storedBytes, plainBytes } = vault.stats();
        assert.equal(count, 40);
        assert.equal(
          chunks,
          records.reduce((sum, { bundle }) => sum + bundle.chunks.length, 0),
        );
        assert.equal(
          storedBytes,
          records.reduce((sum, { record }) => sum + record.length, 0),
        );
        assert.equal(
          plainBytes,
          records.reduce((sum, { bundle }) => sum + bundle.head.plainBytes, 0),
        );
      }));

    test('gives one place to the chunks of one record and another to those of the next', () =>
      withVault(async ({ vault }) => {
        const [one, two] = [noiseRecord(1), noiseRecord(2)];
        await appendAll(vault, [one, two]);
        const places = (of: typeof one): Set<Place | undefined> =>
          new Set(of.bundle.chunks.map(({ id }) => vault.find(id)));
        assert.equal(places(one).size, 1);
        assert.equal(new Set([...places(one), ...places(two)]).size, 2);
      }));

    test('writes no record twice whose chunks are all there', () =>
      withVault(async ({ vault }) => {
        const { record, bundle } = noiseRecord(1);
        await vault.append(record, bundle);
        await vault.append(record, bundle);
        assert.equal(vault.stats().records, 1);
      }));

    test('forgets a record with all its chunks, and takes it again', () =>
      withVault(async ({ vault }) => {
        const one = noiseRecord(1);
        const other = noiseRecord(2);
        await appendAll(vault, [one, other]);
        const place = vault.find(firstId(one));
        assert.ok(place !== undefined);
        await vault.forget(place);
        await vault.forget(place);
        for (const { id } of one.bundle.chunks) assert.equal(vault.has(id), false);
        assert.equal(vault.has(firstId(other)), true);
        assert.equal(vault.stats().records, 1);
        assert.equal(vault.stats().plainBytes, other.bundle.head.plainBytes);
        await vault.append(one.record, one.bundle);
        assert.deepEqual(await readOf(vault, firstId(one)), one.record);
      }));

    test('finds the other copy of a chunk when the record that held it is forgotten', () =>
      withVault(async ({ vault }) => {
        const shared = noise(77, 900);
        const records = [recordOf([shared, noise(1, 10)]), recordOf([noise(2, 10), shared])];
        await appendAll(vault, records);
        const id = firstId(recordOf([shared]));
        const place = vault.find(id);
        assert.ok(place !== undefined);
        await vault.forget(place);
        assert.equal(vault.has(id), true);
        assert.notEqual(vault.find(id), place);
        assert.equal(vault.stats().chunks, 2);
      }));

    test('lists its records, also by kind', () =>
      withVault(async ({ vault }) => {
        const page = recordOf([noise(5, 300)], 'page');
        await appendAll(vault, [noiseRecord(1), page, noiseRecord(2)]);
        const kinds: string[] = [];
        for await (const { kind } of vault.records()) kinds.push(kind);
        assert.deepEqual(kinds.toSorted(), ['data', 'data', 'page']);
        const found: Uint8Array[] = [];
        for await (const { place, chunks } of vault.records('page')) {
          assert.deepEqual(
            chunks.map(({ id }) => id),
            [firstId(page)],
          );
          found.push((await vault.read(place)).bytes.slice());
        }
        assert.deepEqual(found, [page.record]);
      }));

    test('inspects every record and finds nothing wrong', () =>
      withVault(async ({ vault }) => {
        const records = [noiseRecord(1), noiseRecord(2), noiseRecord(3)];
        await appendAll(vault, records);
        let seen = 0;
        let done = 0;
        for await (const { problem, record, doneBytes } of vault.inspect()) {
          assert.equal(problem, null);
          assert.ok(record !== null);
          seen++;
          done = doneBytes;
        }
        assert.equal(seen, 3);
        assert.equal(done, vault.stats().storedBytes);
      }));

    test('an inspection that is broken off goes on behind the record it was at', () =>
      withVault(async ({ vault }) => {
        await appendAll(vault, [noiseRecord(1), noiseRecord(2), noiseRecord(3), noiseRecord(4)]);
        const inspected = async (after?: RecordAt): Promise<RecordAt[]> => {
          const found: RecordAt[] = [];
          let done = 0;
          for await (const { at, problem, doneBytes } of vault.inspect(after)) {
            assert.equal(problem, null);
            found.push(at);
            done = doneBytes;
          }
          if (found.length > 0) assert.equal(done, vault.stats().storedBytes);
          return found;
        };
        // A container that is closed meanwhile gets another name: then once more.
        for (;;) {
          const all = await inspected();
          const rests: RecordAt[][] = [];
          for (const after of all) rests.push(await inspected(after));
          if (!isDeepStrictEqual(await inspected(), all)) continue;
          assert.equal(all.length, 4);
          assert.deepEqual(
            rests,
            all.map((_, i) => all.slice(i + 1)),
          );
          return;
        }
      }));

    test('reads a record again from where it is kept', () =>
      withVault(async ({ vault }) => {
        const { record, bundle } = noiseRecord(1);
        await vault.append(record, bundle);
        const place = vault.find(firstId({ record, bundle }));
        assert.ok(place !== undefined);
        for (let i = 0; i < 2; i++) {
          const lease = await vault.reread(place);
          assert.deepEqual(lease.bytes.slice(), record);
          lease.release();
        }
      }));

    test('does nothing more once it is closed', () =>
      withVault(async ({ vault }) => {
        const { record, bundle } = noiseRecord(1);
        await vault.close();
        await vault.close();
        await assert.rejects(vault.append(record, bundle), (error) =>
          isRbError(error, 'interrupted'),
        );
        await assert.rejects(vault.sync(), (error) => isRbError(error, 'interrupted'));
      }));
  });
}

/** What an adapter has to do besides if it outlives its process. */
export function lastingVaultConformance(
  name: string,
  open: () => Promise<LastingVaultUnderTest>,
): void {
  vaultConformance(name, open);

  describe(`the vault in ${name}, opened again`, () => {
    test('holds after closing and opening what it held before', async () => {
      const subject = await open();
      const records = Array.from({ length: 25 }, (_, i) => noiseRecord(i, 4, 3000));
      await appendAll(subject.vault, records);
      const before = subject.vault.stats();
      const vault = await subject.reopen(subject.vault);
      try {
        assert.deepEqual(vault.stats(), before);
        for (const one of records) assert.deepEqual(await readOf(vault, firstId(one)), one.record);
        const more = noiseRecord(1000);
        await vault.append(more.record, more.bundle);
        assert.deepEqual(await readOf(vault, firstId(more)), more.record);
      } finally {
        await vault.close();
      }
    });

    test('does not take a forgotten record for good after opening it again', async () => {
      const subject = await open();
      const one = noiseRecord(1);
      await appendAll(subject.vault, [one, noiseRecord(2)]);
      await subject.vault.forget(subject.vault.find(firstId(one)) as Place);
      const vault = await subject.reopen(subject.vault);
      try {
        assert.equal(vault.has(firstId(one)), false);
        assert.equal(vault.has(firstId(noiseRecord(2))), true);
      } finally {
        await vault.close();
      }
    });
  });
}
