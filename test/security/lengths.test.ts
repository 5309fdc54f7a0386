import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RbError } from '../../src/base/errors.ts';
import { KINDS } from '../../src/model/entry.ts';
import { decodePage, PageBuilder } from '../../src/model/page.ts';
import { checkMessage, kindOf } from '../../src/wire/messages.ts';
import { entryOf } from '../hub/trees.ts';
import { SAMPLES } from '../wire/samples.ts';

/** Bytes that may be of any length. */
const OF_ANY_LENGTH: ReadonlySet<string> = new Set([
  'path',
  'sourcePath',
  'file',
  'bits',
  'signature',
]);

/** The same message with one of its byte strings of another length, wherever it stands. */
function* otherLengths(value: unknown, field = ''): Generator {
  if (value instanceof Uint8Array) {
    if (OF_ANY_LENGTH.has(field)) return;
    for (const by of [-value.length, -1, 1, 16 - (value.length % 32)]) {
      if (by !== 0) yield new Uint8Array(value.length + by);
    }
  } else if (Array.isArray(value)) {
    for (const [i, one] of value.entries())
      for (const other of otherLengths(one, field)) yield value.with(i, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value))
      for (const other of otherLengths(one, key)) yield { ...value, [key]: other };
  }
}

test('an id or a secret that is a byte longer or shorter than it has to be is refused wherever it stands', () => {
  const looked = new Set<string>();
  for (const sample of SAMPLES) {
    for (const other of otherLengths(sample)) {
      looked.add(kindOf(sample));
      assert.throws(
        () => checkMessage(other),
        (error) => error instanceof RbError && error.code === 'protocol',
        `${sample.t}: ${JSON.stringify(other)}`,
      );
    }
  }
  assert.deepEqual(
    [...looked].toSorted(),
    'ack ask-forget ask-release backup committed follow hello lacking log mend offer page part problem proof prove receive snapshots start want'.split(
      ' ',
    ),
  );
});

test('a page has no word for devices, sockets or links to names', () => {
  assert.deepEqual(KINDS, ['dir', 'file', 'symlink', 'fifo']);
  const builder = new PageBuilder();
  builder.add(entryOf('', 'dir'));
  builder.add(entryOf('p', 'fifo'));
  const page = builder.take();
  const plain = decodePage(page);
  assert.equal(plain.at(-1)?.kind, 'fifo');
  let refused = 0;
  for (const [at, byte] of page.entries()) {
    // The number of the FIFO's kind: every place where it may stand is tried.
    if (byte !== KINDS.indexOf('fifo')) continue;
    for (let kind = KINDS.length; kind < 128; kind++) {
      const other = page.slice();
      other[at] = kind;
      try {
        for (const { kind: read } of decodePage(other)) assert.ok(KINDS.includes(read));
      } catch (error) {
        assert.ok(error instanceof RbError, String(error));
        refused++;
      }
    }
  }
  assert.ok(refused >= 128 - KINDS.length);
});
