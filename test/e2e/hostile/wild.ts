/** Pages, contents and bundles that no honest origin would make. Nothing in here is checked. */

import { ByteWriter, concatBytes } from '../../../src/base/bytes.ts';
import { blake3 } from '../../../src/base/hash.ts';
import { bundleChecksum, encodeBundle } from '../../../src/model/bundle.ts';
import type { ChunkKind } from '../../../src/model/bundle.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../../../src/model/entry.ts';
import type { Content, Entry } from '../../../src/model/entry.ts';
import { PageBuilder } from '../../../src/model/page.ts';

export type Chunk = { readonly id: Uint8Array; readonly plain: Uint8Array };

/** What is to be sent for a tree: its data and list chunks, then its pages. */
export type Wild = {
  readonly data: readonly Chunk[];
  readonly lists: readonly Chunk[];
  readonly pages: readonly Chunk[];
};

export function chunkOf(plain: Uint8Array): Chunk {
  return { id: new Uint8Array(blake3(plain)), plain };
}

/** Text, one byte a character. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

type EntryParts = { -readonly [field in keyof Entry]?: Entry[field] };

export function dir(path: string, parts: EntryParts = {}): Entry {
  return entryAt(path, { kind: 'dir', mode: 0o755, ...parts });
}

export function symlink(path: string, target: string): Entry {
  return entryAt(path, { kind: 'symlink', mode: 0o777, target: bytesOf(target) });
}

/** A file of one chunk, or with a content of its own. */
export function file(path: string, content: Chunk | Content, parts: EntryParts = {}): Entry {
  const whole = 'refs' in content ? content : contentOf(content);
  const size = whole.refs.reduce((sum, { bytes }) => sum + bytes, 0);
  return entryAt(path, { kind: 'file', mode: 0o644, content: whole, size, ...parts });
}

export function contentOf(chunk: Chunk, bytes: number = chunk.plain.length): Content {
  return { depth: 0, refs: [{ id: chunk.id, bytes }] };
}

function entryAt(path: string, parts: EntryParts & Pick<Entry, 'kind'>): Entry {
  return {
    path: bytesOf(path),
    mode: 0o644,
    owner: { uid: 0, gid: 0, user: 'root', group: 'root' },
    mtimeSec: 1_700_000_000,
    mtimeNsec: 0,
    size: 0,
    content: EMPTY_CONTENT,
    target: NO_BYTES,
    linkGroup: 0,
    xattrs: NO_XATTRS,
    ...parts,
  };
}

/** One page of the entries as they are given, whatever they are. */
export function pageOf(...entries: readonly Entry[]): Chunk {
  const builder = new PageBuilder();
  for (const entry of entries) builder.add(entry);
  return chunkOf(builder.take());
}

/** A page of raw numbers and bytes: numbers become varints. */
export function rawPage(...parts: readonly (number | Uint8Array)[]): Chunk {
  const out = new ByteWriter();
  for (const part of parts) {
    if (typeof part === 'number') out.varint(part);
    else out.bytes(part);
  }
  return chunkOf(out.take());
}

export function bundleOf(kind: ChunkKind, chunks: readonly Chunk[]): Uint8Array {
  const table = chunks.map(({ id, plain }) => ({ id, bytes: plain.length }));
  return encodeBundle(kind, 'stored', table, concatBytes(chunks.map(({ plain }) => plain)));
}

/** A record with some of its bytes replaced and the right checksum for that. */
export function forged(record: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const copy = record.slice();
  copy.set(bytes, at);
  copy.set(bundleChecksum(copy), 16);
  return copy;
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/**
 * A bundle of one chunk that says it is `plainBytes` long and whose zstd frame (RFC 8878) decodes to 10 GB: blocks of
 * one byte that is repeated 128 KiB times, 4 bytes each.
 */
export function bombOf(kind: ChunkKind, id: Uint8Array, plainBytes: number): Uint8Array {
  const blocks = Math.ceil(10_000_000_000 / 131_072);
  const frame = new Uint8Array(6 + blocks * 4);
  // Magic number; a descriptor without content size and checksum; a window of 128 KiB.
  frame.set([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]);
  for (let block = 0; block < blocks; block++) {
    const header = (block === blocks - 1 ? 1 : 0) | (1 << 1) | (131_072 << 3);
    frame.set([header & 0xff, (header >>> 8) & 0xff, (header >>> 16) & 0xff, 0], 6 + block * 4);
  }
  return encodeBundle(kind, 'zstd', [{ id, bytes: plainBytes }], frame);
}

/** Names that lead out of a folder, or that nothing can have, by what is wrong with them. */
export const HOSTILE_NAMES: Readonly<Record<string, string>> = {
  'two dots': '../evil',
  'two dots behind a folder': 'a/../../evil',
  'two dots alone': '..',
  'an absolute path': '/tmp/rbbackup-evil',
  'a NUL byte': 'ev\0il',
  'a dot': '.',
  'a dot behind a folder': 'a/./evil',
  'an empty component': 'a//evil',
  'a slash at the end': 'a/evil/',
  'a component of 300 bytes': 'e'.repeat(300),
  'a nesting of 3000 folders': `${'e/'.repeat(3000)}e`,
  'escape sequences that lead out': '../\x1b]0;owned\x07\x1b[2J\x9b31m\r\nevil',
};
