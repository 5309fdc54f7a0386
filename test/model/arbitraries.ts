import fc from 'fast-check';

import { comparePaths, parentOf } from '../../src/model/path.ts';
import type { Content, Entry, Owner, Ref, Xattr } from '../../src/model/entry.ts';
import { EMPTY_CONTENT, KINDS, NO_BYTES } from '../../src/model/entry.ts';
import { hex } from '../../src/base/bytes.ts';

const SLASH = 0x2f;
/** Objects like those of the codecs, which strict equality tells from ones without a prototype. */
export const PLAIN = { noNullPrototype: true } as const;

export const anyId: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** A component of a path: any bytes that a file system takes, short ones and such with dots more often. */
const anyName: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    fc
      .constantFrom('a', 'b', 'a.b', 'a-b', '...', '.x', 'A', '\n', 'é')
      .map((text) => Uint8Array.from(Buffer.from(text))),
    fc.uint8Array({ minLength: 1, maxLength: 255 }),
  )
  .filter((name) => !name.includes(0) && !name.includes(SLASH))
  .filter((name) => !['.', '..'].includes(Buffer.from(name).toString('latin1')));

export const anyPath: fc.Arbitrary<Uint8Array> = fc
  .array(anyName, { minLength: 1, maxLength: 6 })
  .map((parts) =>
    Uint8Array.from(
      Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [Buffer.of(SLASH), part]))),
    ),
  );

const anyRef: fc.Arbitrary<Ref> = fc.record(
  {
    id: fc.option(anyId, { freq: 5 }),
    bytes: fc.integer({ min: 1, max: 4 * 1024 * 1024 }),
  },
  PLAIN,
);

export const anyContent: fc.Arbitrary<Content> = fc.record(
  {
    depth: fc.integer({ min: 0, max: 3 }),
    refs: fc.array(anyRef, { maxLength: 8 }),
  },
  PLAIN,
);

const anyOwner: fc.Arbitrary<Owner> = fc.record(
  {
    uid: fc.integer({ min: 0, max: 0xffff_fffe }),
    gid: fc.integer({ min: 0, max: 0xffff_fffe }),
    user: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom('root', '\ufeffroot', ''),
    ),
    group: fc.string({ unit: 'grapheme', maxLength: 20 }),
  },
  PLAIN,
);

const anyXattrs: fc.Arbitrary<Xattr[]> = fc
  .uniqueArray(
    fc.record(
      {
        name: fc.uint8Array({ minLength: 1, maxLength: 255 }).filter((name) => !name.includes(0)),
        value: fc.uint8Array({ maxLength: 300 }),
      },
      PLAIN,
    ),
    { maxLength: 4, selector: ({ name }) => hex(name) },
  )
  .map((xattrs) => xattrs.toSorted((a, b) => Buffer.compare(a.name, b.name)));

/** An entry at some path; its kind decides which fields are filled. */
export function anyEntryAt(path: Uint8Array): fc.Arbitrary<Entry> {
  return fc
    .record(
      {
        kind: fc.constantFrom(...KINDS),
        mode: fc.integer({ min: 0, max: 0o7777 }),
        owner: anyOwner,
        mtimeSec: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
        mtimeNsec: fc.integer({ min: 0, max: 999_999_999 }),
        content: anyContent,
        target: fc
          .uint8Array({ minLength: 1, maxLength: 100 })
          .filter((target) => !target.includes(0)),
        linkGroup: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
        xattrs: anyXattrs,
      },
      PLAIN,
    )
    .map(({ kind, content, target, linkGroup, ...rest }) => ({
      path,
      kind,
      ...rest,
      size: kind === 'file' ? content.refs.reduce((sum, { bytes }) => sum + bytes, 0) : 0,
      content: kind === 'file' ? content : EMPTY_CONTENT,
      target: kind === 'symlink' ? target : NO_BYTES,
      linkGroup: kind === 'file' ? linkGroup : 0,
    }));
}

/** Entries as a walk gives them: the root first, every folder there, in order. */
export const anyTree: fc.Arbitrary<Entry[]> = fc
  .array(anyPath, { minLength: 0, maxLength: 30 })
  .chain((paths) => {
    const byHex = new Map<string, Uint8Array>([['', NO_BYTES]]);
    const folders = new Set<string>(['']);
    for (const path of paths) {
      byHex.set(hex(path), path);
      for (let parent = parentOf(path); parent.length > 0; parent = parentOf(parent)) {
        byHex.set(hex(parent), parent);
        folders.add(hex(parent));
      }
    }
    const sorted = [...byHex.values()].toSorted(comparePaths);
    const entries = sorted.map((path) =>
      anyEntryAt(path).map((entry): Entry => {
        if (!folders.has(hex(path))) return entry;
        return {
          ...entry,
          kind: 'dir',
          size: 0,
          content: EMPTY_CONTENT,
          target: NO_BYTES,
          linkGroup: 0,
        };
      }),
    );
    return fc.tuple(...entries);
  });
