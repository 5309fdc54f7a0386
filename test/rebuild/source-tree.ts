import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs';

import { blake3 } from '../../src/base/hash.ts';
import { ContentBuilder } from '../../src/model/content.ts';
import { EMPTY_CONTENT, NO_BYTES } from '../../src/model/entry.ts';
import type { Content, Entry, EntryKind } from '../../src/model/entry.ts';
import { PageBuilder } from '../../src/model/page.ts';
import { comparePaths } from '../../src/model/path.ts';
import { loadPosix } from '../../src/posix/open.ts';

/* A plain twin of scanning: reads a folder into entries, chunks and pages, with no cleverness at all. */

export type Hub = {
  readonly chunks: Map<string, Uint8Array>;
};

export type Scanned = {
  readonly pages: Uint8Array[];
  readonly entries: Entry[];
  readonly snapshot: Uint8Array;
};

/** Pieces of this size, so that small test files have several. */
export const PIECE_BYTES = 4096;

export function idKey(id: Uint8Array): string {
  return Buffer.from(id).toString('hex');
}

export function put(hub: Hub, bytes: Uint8Array): Uint8Array {
  const id = blake3(bytes);
  hub.chunks.set(idKey(id), Uint8Array.from(bytes));
  return id;
}

/** Scans a folder and puts all its chunks into the hub. @param listsFrom files of this size use list chunks */
export function scan(
  hub: Hub,
  root: string,
  listsFrom: number = Number.POSITIVE_INFINITY,
): Scanned {
  const entries: Entry[] = [];
  walk(hub, root, '', entries, listsFrom);
  entries.sort((left, right) => comparePaths(left.path, right.path));
  return publish(hub, entries);
}

/** Puts entries into pages and those into the hub. */
export function publish(hub: Hub, entries: readonly Entry[], mostInPage: number = 50): Scanned {
  const builder = new PageBuilder();
  const pages: Uint8Array[] = [];
  entries.forEach((entry, at) => {
    const isFull = builder.add(entry) || builder.count >= mostInPage;
    if (isFull || at === entries.length - 1) pages.push(put(hub, builder.take()));
  });
  return { pages, entries: [...entries], snapshot: blake3(Buffer.concat(pages)) };
}

function walk(hub: Hub, root: string, path: string, entries: Entry[], listsFrom: number): void {
  const full = Buffer.from(path === '' ? root : `${root}/${path}`, 'latin1');
  const stat = lstatSync(full, { bigint: true });
  const kind: EntryKind = stat.isDirectory()
    ? 'dir'
    : stat.isSymbolicLink()
      ? 'symlink'
      : stat.isFIFO()
        ? 'fifo'
        : 'file';
  const isFile = kind === 'file';
  entries.push({
    path: Buffer.from(path, 'latin1'),
    kind,
    mode: kind === 'symlink' ? 0o777 : Number(stat.mode & 0o7777n),
    owner: { uid: Number(stat.uid), gid: Number(stat.gid), user: '', group: '' },
    mtimeSec: Number(stat.mtimeNs / 1_000_000_000n),
    mtimeNsec: Number(stat.mtimeNs % 1_000_000_000n),
    size: isFile ? Number(stat.size) : 0,
    content: isFile ? contentOf(hub, full, listsFrom) : EMPTY_CONTENT,
    target: kind === 'symlink' ? readlinkSync(full, { encoding: 'buffer' }) : NO_BYTES,
    linkGroup: isFile && stat.nlink > 1n ? Number(stat.ino) : 0,
    xattrs: xattrsOf(full, kind),
  });
  if (kind !== 'dir') return;
  for (const name of readdirSync(full, { encoding: 'latin1' })) {
    walk(hub, root, path === '' ? name : `${path}/${name}`, entries, listsFrom);
  }
}

function xattrsOf(full: Buffer, kind: EntryKind): Entry['xattrs'] {
  if (kind !== 'file' && kind !== 'dir') return [];
  const fd = openSync(full, 'r');
  try {
    return loadPosix().xattrs(fd);
  } finally {
    closeSync(fd);
  }
}

/** Pieces of a fixed size; pieces of zeros are holes. */
function contentOf(hub: Hub, full: Buffer, listsFrom: number): Content {
  const fd = openSync(full, 'r');
  const { size } = fstatSync(fd);
  const useLists = size >= listsFrom ? Number.MAX_SAFE_INTEGER : 0;
  const builder = new ContentBuilder(useLists, (_id, bytes) => void put(hub, bytes));
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; at < size;) {
    const got = readSync(fd, piece, 0, PIECE_BYTES, at);
    const bytes = piece.subarray(0, got);
    builder.add(bytes.every((byte) => byte === 0) ? null : put(hub, bytes), got);
    at += got;
  }
  closeSync(fd);
  return builder.finish();
}
