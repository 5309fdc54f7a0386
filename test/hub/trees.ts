import { blake3 } from '../../src/base/hash.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../../src/model/entry.ts';
import type { Content, Entry, EntryKind } from '../../src/model/entry.ts';
import { PageBuilder } from '../../src/model/page.ts';

export type Chunk = { readonly id: Uint8Array; readonly plain: Uint8Array };

/** A small tree as an origin would send it. */
export type Tree = { readonly data: Chunk[]; readonly pages: Chunk[]; readonly bytes: number };

const utf8 = new TextEncoder();

export function chunkOf(plain: Uint8Array): Chunk {
  return { id: blake3(plain), plain };
}

export function entryOf(path: string, kind: EntryKind, content: Content = EMPTY_CONTENT): Entry {
  let size = 0;
  for (const { bytes } of content.refs) size += bytes;
  return {
    path: utf8.encode(path),
    kind,
    mode: 0o644,
    owner: { uid: 0, gid: 0, user: 'root', group: 'root' },
    mtimeSec: 1,
    mtimeNsec: 0,
    size,
    content,
    target: kind === 'symlink' ? utf8.encode('somewhere') : NO_BYTES,
    linkGroup: 0,
    xattrs: NO_XATTRS,
  };
}

/** Bytes that don't compress, the same for the same seed. */
export function noise(bytes: number, seed: number): Uint8Array {
  const out = new Uint8Array(bytes);
  let state = seed * 2654435761 + 1;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state >>> 24;
  }
  return out;
}

/** Pages of the given entries, `perPage` each. */
export function pagesOf(entries: readonly Entry[], perPage: number = 4): Chunk[] {
  const pages: Chunk[] = [];
  const builder = new PageBuilder();
  for (const [i, entry] of entries.entries()) {
    builder.add(entry);
    if ((i + 1) % perPage === 0 || i === entries.length - 1) pages.push(chunkOf(builder.take()));
  }
  return pages;
}

/** A folder of files of one chunk each. @param contents name → content; names in order */
export function treeOf(contents: Readonly<Record<string, Uint8Array>>, perPage: number = 4): Tree {
  const data: Chunk[] = [];
  const entries = [entryOf('', 'dir')];
  let bytes = 0;
  for (const [name, plain] of Object.entries(contents)) {
    const chunk = chunkOf(plain);
    data.push(chunk);
    bytes += plain.length;
    entries.push(
      entryOf(name, 'file', { depth: 0, refs: [{ id: chunk.id, bytes: plain.length }] }),
    );
  }
  return { data, pages: pagesOf(entries, perPage), bytes };
}

export function smallTree(seed: number = 1, files: number = 10): Tree {
  const contents: Record<string, Uint8Array> = {};
  for (let i = 0; i < files; i++)
    contents[`file-${String(i).padStart(3, '0')}`] = noise(1000 + i, seed + i);
  return treeOf(contents);
}
