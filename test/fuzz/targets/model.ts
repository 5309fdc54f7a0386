import { isDeepStrictEqual } from 'node:util';

import { ByteReader, concatBytes, equalBytes } from '../../../src/base/bytes.ts';
import { blake3 } from '../../../src/base/hash.ts';
import {
  BUNDLE_HEAD_BYTES,
  bundleChecksum,
  checkBundle,
  decodeBundle,
  encodeBundle,
} from '../../../src/model/bundle.ts';
import { decodeList, encodeList, readContent } from '../../../src/model/content.ts';
import type { Entry } from '../../../src/model/entry.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../../../src/model/entry.ts';
import { LIMITS } from '../../../src/model/limits.ts';
import { decodePage, PageBuilder } from '../../../src/model/page.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../src/model/snapshot.ts';
import { TreeOrder } from '../../../src/model/tree-order.ts';
import {
  encodeStateEnd,
  encodeStateHead,
  encodeStatePage,
  newStamps,
  TreeStateReader,
} from '../../../src/model/tree-state.ts';
import { nodeZstd } from '../../../src/chunk/zstd.ts';
import { openBundle } from '../../../src/chunk/bundle-jobs.ts';
import { recordOf } from '../../vault/records.ts';
import { bytesOf, hold } from '../engine/target.ts';
import type { FuzzTarget } from '../engine/target.ts';

const ID = new Uint8Array(32).fill(0x11);
const OWNER = { uid: 1000, gid: 100, user: 'ana', group: 'users' };

function entry(path: string, rest: Partial<Entry> = {}): Entry {
  return {
    path: bytesOf(path),
    kind: 'dir',
    mode: 0o755,
    owner: OWNER,
    mtimeSec: 1_700_000_000,
    mtimeNsec: 5,
    size: 0,
    content: EMPTY_CONTENT,
    target: NO_BYTES,
    linkGroup: 0,
    xattrs: NO_XATTRS,
    ...rest,
  };
}

const CONTENT = {
  depth: 0,
  refs: [
    { id: ID, bytes: 300 },
    { id: null, bytes: 2 ** 33 },
  ],
};
const ENTRIES: readonly Entry[] = [
  entry(''),
  entry('a', { owner: { uid: 0, gid: 0, user: '', group: '\ufeffwheel' }, mtimeSec: -5 }),
  entry('a/file', { kind: 'file', size: 2 ** 33 + 300, content: CONTENT, linkGroup: 7 }),
  entry('a/filled', {
    kind: 'file',
    size: 9,
    content: { depth: 1, refs: [{ id: ID, bytes: 9 }] },
    xattrs: [
      { name: bytesOf('user.a'), value: NO_BYTES },
      { name: bytesOf('user.b'), value: bytesOf('value') },
    ],
  }),
  entry('a/link', { kind: 'symlink', target: bytesOf('../x') }),
  entry('b', { kind: 'fifo' }),
];

function pageOf(entries: readonly Entry[]): Uint8Array {
  const builder = new PageBuilder();
  for (const one of entries) builder.add(one);
  return builder.take();
}

const page: FuzzTarget = {
  name: 'model-page',
  covers: [
    'model/page.ts',
    'model/path.ts',
    'model/content.ts',
    'model/fields.ts',
    'model/tree-order.ts',
  ],
  codes: ['protocol', 'name-refused', 'unsupported'],
  seeds: () => [pageOf(ENTRIES), pageOf(ENTRIES.slice(0, 1)), pageOf(ENTRIES.slice(2))],
  words: ['..', '.', '/', 'a/../b', '\0', 'user.a'].map((text) => bytesOf(text)),
  run: (input) => {
    const entries = decodePage(input);
    hold(equalBytes(pageOf(entries), input), 'a page that is written again is the same');
    const order = new TreeOrder();
    for (const one of entries) order.check(one);
  },
};

const list: FuzzTarget = {
  name: 'model-list',
  covers: ['model/content.ts'],
  codes: ['protocol'],
  seeds: () => [encodeList(CONTENT), encodeList({ depth: 2, refs: [{ id: ID, bytes: 2 ** 40 }] })],
  run: (input) => {
    const { content, bytes } = readContent(new ByteReader(input), LIMITS.listRefs);
    const decoded = decodeList(input, content.depth + 1, bytes);
    hold(equalBytes(encodeList(decoded), input), 'a list that is written again is the same');
  },
};

const SNAPSHOT = {
  key: { user: 'ana', host: 'laptop', set: 'my photos' },
  timeMs: 1_795_000_000_000,
  previous: ID,
  sourcePath: bytesOf('/home/ana\xff'),
  recursive: true,
  deleted: false,
  files: 3,
  dirs: 2,
  bytes: 2 ** 40,
  skipped: 1,
  pages: [ID, new Uint8Array(32)],
};

const snapshot: FuzzTarget = {
  name: 'model-snapshot',
  covers: ['model/snapshot.ts', 'model/fields.ts'],
  codes: ['protocol', 'unsupported', 'name-refused'],
  seeds: () => [
    encodeSnapshot(SNAPSHOT),
    encodeSnapshot({ ...SNAPSHOT, previous: null, pages: [ID] }),
  ],
  words: ['..', '/', '\u202e', '\ufeff', '.rbbackup'].map((text) => bytesOf(text)),
  run: (input) => {
    const decoded = decodeSnapshot(input);
    hold(
      equalBytes(encodeSnapshot(decoded), input),
      'a snapshot that is written again is the same',
    );
  },
};

function withChecksum(record: Uint8Array): Uint8Array {
  if (record.length < BUNDLE_HEAD_BYTES) return record;
  const mended = Uint8Array.from(record);
  // The body's length as well, where that is possible.
  const bodyAt = BUNDLE_HEAD_BYTES + 36 * ((mended[6] as number) | ((mended[7] as number) << 8));
  if (mended.length > bodyAt && (mended[8] as number) % 2 === 0) {
    new DataView(mended.buffer).setUint32(12, mended.length - bodyAt, true);
  }
  mended.set(bundleChecksum(mended), 16);
  return mended;
}

const bundle: FuzzTarget = {
  name: 'model-bundle',
  covers: ['model/bundle.ts', 'chunk/zstd.ts'],
  codes: ['damaged-chunk', 'protocol'],
  seeds: () => {
    const plain = new Uint8Array(3000).fill(7);
    const packed = nodeZstd.compress(plain, 3, 3000) as Uint8Array;
    return [
      recordOf([bytesOf('hello'), bytesOf('you')]).record,
      encodeBundle('page', 'zstd', [{ id: blake3(plain), bytes: 3000 }], packed),
    ];
  },
  run: (input) => {
    const { head, chunks, body } = decodeBundle(input);
    checkBundle(input);
    const again = encodeBundle(head.kind, head.codec, chunks, body);
    hold(equalBytes(again, input), 'a record that is written again is the same');
  },
  mend: withChecksum,
};

/** Somewhere for plain bytes, as a worker that verifies has it. */
const room = new Uint8Array(LIMITS.bundlePlainBytes);

const opened: FuzzTarget = {
  ...bundle,
  name: 'chunk-bundle',
  covers: ['chunk/bundle-jobs.ts', 'chunk/compress.ts'],
  codes: ['damaged-chunk', 'protocol'],
  run: (input) => {
    const { chunks, plain } = openBundle(input, room);
    let end = 0;
    for (const [i, bytes] of chunks.lengths.entries()) {
      hold(chunks.offsets[i] === end, 'chunks lie one behind the other');
      const id = chunks.ids.subarray(i * LIMITS.idBytes, (i + 1) * LIMITS.idBytes);
      hold(
        equalBytes(blake3(plain.subarray(end, end + bytes)), id),
        'each chunk is what it is named',
      );
      end += bytes;
    }
  },
};

function stateOf(pages: readonly (readonly Entry[])[]): Uint8Array {
  const records = pages.map((entries) => {
    const bytes = pageOf(entries);
    const stamps = newStamps(entries.length);
    stamps.mark.fill(1);
    return encodeStatePage({ id: blake3(bytes), page: bytes, stamps });
  });
  return concatBytes([encodeStateHead(ID), ...records, encodeStateEnd(pages.length)]);
}

const treeState: FuzzTarget = {
  name: 'model-tree-state',
  covers: ['model/tree-state.ts'],
  codes: ['damaged-state'],
  seeds: () => [
    stateOf([ENTRIES]),
    stateOf([ENTRIES.slice(0, 1), ENTRIES.slice(1)]),
    concatBytes([encodeStateHead(null), encodeStateEnd(0)]),
  ],
  run: (input) => {
    let readTo = 0;
    const reader = new TreeStateReader((offset, bytes) => {
      readTo = Math.max(readTo, offset + bytes);
      return input.subarray(offset, offset + bytes);
    });
    const parts = [encodeStateHead(reader.snapshot)];
    let pages = 0;
    for (let one = reader.next(); one !== null; one = reader.next()) {
      pages++;
      parts.push(encodeStatePage(one));
    }
    parts.push(encodeStateEnd(pages));
    const again = concatBytes(parts);
    hold(
      isDeepStrictEqual(again, input.slice(0, readTo)),
      'a state that is written again is the same',
    );
  },
};

export const MODEL_TARGETS: readonly FuzzTarget[] = [
  page,
  list,
  snapshot,
  bundle,
  opened,
  treeState,
];
