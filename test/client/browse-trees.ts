/** Trees for tests of browsing: small ones with names that are easily confused, cut into pages of any length. */

import fc from 'fast-check';

import { hex } from '../../src/base/bytes.ts';
import { RbError } from '../../src/base/errors.ts';
import { blake3 } from '../../src/base/hash.ts';
import type { ChunkSource } from '../../src/client/browse/chunk-source.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../../src/model/entry.ts';
import type { Entry } from '../../src/model/entry.ts';
import { PageBuilder } from '../../src/model/page.ts';
import { comparePaths } from '../../src/model/path.ts';
import { encodeSnapshot } from '../../src/model/snapshot.ts';
import type { SetKey } from '../../src/model/snapshot.ts';

/** Chunks in memory, which counts how often each is asked for. */
export class MemorySource implements ChunkSource {
  readonly chunks: Map<string, Uint8Array> = new Map<string, Uint8Array>();
  readonly asked: Map<string, number> = new Map<string, number>();
  bytes: number = 0;

  put(chunk: Uint8Array): Uint8Array {
    const id = blake3(chunk);
    this.chunks.set(hex(id), chunk);
    return id;
  }

  async get(_kind: string, id: Uint8Array): Promise<Uint8Array> {
    await Promise.resolve();
    const key = hex(id);
    this.asked.set(key, (this.asked.get(key) ?? 0) + 1);
    const chunk = this.chunks.get(key);
    if (chunk === undefined) throw new RbError('missing-chunk', 'gone');
    this.bytes += chunk.length;
    return chunk;
  }
}

export const KEY: SetKey = { user: 'ana', host: 'laptop', set: 'photos' };

/** What is written of an entry: its path by Latin-1, so that any byte can be in it. */
export type Sketch = {
  readonly path: string;
  readonly kind: 'dir' | 'file';
  readonly version: number;
};

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

export function entryOf({ path, kind, version }: Sketch): Entry {
  const id = blake3(Buffer.from(`${version}`));
  const content =
    kind === 'file' && version > 0 ? { depth: 0, refs: [{ id, bytes: version }] } : EMPTY_CONTENT;
  return {
    path: bytesOf(path),
    kind,
    mode: 0o644,
    owner: { uid: 0, gid: 0, user: '', group: '' },
    mtimeSec: version,
    mtimeNsec: 0,
    size: kind === 'file' ? version : 0,
    content,
    target: NO_BYTES,
    linkGroup: 0,
    xattrs: NO_XATTRS,
  };
}

/** All folders that are missing above what is there, and the root; in walking order. */
export function completed(sketches: readonly Sketch[]): Sketch[] {
  const all = new Map<string, Sketch>([['', { path: '', kind: 'dir', version: 1 }]]);
  for (const sketch of sketches) {
    const parts = sketch.path.split('/');
    for (let i = 1; i < parts.length; i++) {
      const path = parts.slice(0, i).join('/');
      all.set(path, { path, kind: 'dir', version: 1 });
    }
    if (all.get(sketch.path)?.kind !== 'dir') all.set(sketch.path, sketch);
  }
  return [...all.values()].toSorted((a, b) => comparePaths(bytesOf(a.path), bytesOf(b.path)));
}

/** Puts a tree into a source as a snapshot. @param endsAt whether a page ends behind an entry @returns its id */
export function putSnapshot(
  source: MemorySource,
  sketches: readonly Sketch[],
  endsAt: (sketch: Sketch) => boolean,
  timeMs: number = 1,
): Uint8Array {
  const builder = new PageBuilder();
  const pages: Uint8Array[] = [];
  for (const [i, sketch] of sketches.entries()) {
    builder.add(entryOf(sketch));
    if (endsAt(sketch) || i === sketches.length - 1) pages.push(source.put(builder.take()));
  }
  return source.put(
    encodeSnapshot({
      key: KEY,
      timeMs,
      previous: null,
      sourcePath: bytesOf('/home/ana/photos'),
      recursive: true,
      deleted: true,
      files: 0,
      dirs: 1,
      bytes: 0,
      skipped: 0,
      pages,
    }),
  );
}

/** One that depends on the path alone, as in the format, but ends pages far more often. */
export function endsOften(every: number): (sketch: Sketch) => boolean {
  return ({ path }) => (blake3(bytesOf(path))[0] as number) % every === 0;
}

/** Names of which many begin alike, or with what sorts just beside a slash; some are no UTF-8. */
const name: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'a',
    'a-',
    'a-b',
    'a.',
    'aa',
    'b',
    'B',
    '!',
    '0',
    'a\xff',
    '\xff',
    '\xc3\xa4',
    '\xc3\x84',
  ),
  fc.string({ unit: fc.constantFrom('a', '-', '0', '\x01', '\xfe'), minLength: 1, maxLength: 3 }),
);

export const sketch: fc.Arbitrary<Sketch> = fc.record({
  path: fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
  kind: fc.constantFrom('dir' as const, 'file' as const, 'file' as const),
  version: fc.integer({ min: 0, max: 3 }),
});

export const tree: fc.Arbitrary<Sketch[]> = fc.array(sketch, { maxLength: 60 }).map(completed);

/** Trees of which each is the one before with some changes, the oldest first. */
export const history: fc.Arbitrary<Sketch[][]> = fc
  .tuple(
    fc.array(sketch, { maxLength: 40 }),
    fc.array(
      fc.record({ add: fc.array(sketch, { maxLength: 3 }), drop: fc.integer({ min: 0, max: 50 }) }),
      { maxLength: 5 },
    ),
  )
  .map(([first, steps]) => {
    let now = completed(first);
    const trees = [now];
    for (const { add, drop } of steps) {
      const gone = now[drop % now.length]?.path ?? '';
      const left = now.filter(
        ({ path }) => gone === '' || (path !== gone && !path.startsWith(`${gone}/`)),
      );
      now = completed([...left, ...add]);
      trees.push(now);
    }
    return trees;
  });

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
