import assert from 'node:assert/strict';

import { hex } from '../../src/base/bytes.ts';
import { blake3 } from '../../src/base/hash.ts';
import { SharedArena } from '../../src/base/shared-arena.ts';
import type { SharedLease } from '../../src/base/shared-arena.ts';
import { bodyOffset } from '../../src/model/bundle.ts';
import { decodeList } from '../../src/model/content.ts';
import type { Content, Entry } from '../../src/model/entry.ts';
import { decodePage } from '../../src/model/page.ts';
import { TreeOrder } from '../../src/model/tree-order.ts';
import type { Outlet } from '../../src/scan/outlet.ts';
import type {
  ScanChunks,
  ScanEvent,
  ScanPart,
  ScanProgress,
  ScanSkipped,
} from '../../src/scan/protocol.ts';

/** By path, one character a byte. */
export type Tree = Map<string, Thing>;

/** What an entry says, with what its content comes to. */
export type Thing = {
  readonly kind: string;
  readonly mode: number;
  readonly owner: string;
  readonly mtimeNs: bigint;
  readonly size: number;
  /** BLAKE3 of a file's content; the target of a link; else empty. */
  readonly content: string;
};

/**
 * Stands for the hub: takes events, checks that each chunk is what its id says and that nothing is named before it
 * was sent, and rebuilds the tree from the pages.
 */
export class Collector implements Outlet {
  readonly entries: Entry[] = [];
  readonly pages: { readonly id: string; readonly isKnown: boolean }[] = [];
  readonly parts: ScanPart[] = [];
  readonly progress: ScanProgress[] = [];
  readonly skipped: ScanSkipped[] = [];
  readonly changedPaths: string[] = [];
  readonly deletedPaths: string[] = [];
  /** Chunks sent, by kind. */
  readonly sent = { data: 0, list: 0, page: 0 };
  readonly arena: SharedArena = new SharedArena(16 * 1024 * 1024);
  readonly #held: Map<string, Uint8Array>;
  readonly #isNothingKnown: boolean;
  readonly #order = new TreeOrder();

  /** @param held chunks of earlier runs; grows */
  constructor(held: Map<string, Uint8Array>, isNothingKnown: boolean) {
    this.#held = held;
    this.#isNothingKnown = isNothingKnown;
  }

  take(bytes: number): SharedLease {
    return this.arena.take(bytes);
  }

  checkStop(): void {}

  emit(event: ScanEvent): void {
    if (event.t === 'chunks') this.#takeChunks(event);
    else if (event.t === 'page') this.#takePage(event.id, event.isKnown);
    else if (event.t === 'part') this.#takePart(event);
    else if (event.t === 'progress') this.progress.push(event);
    else if (event.t === 'skipped') this.skipped.push(event);
    else if (event.t === 'files') {
      this.changedPaths.push(...event.paths.map(latin1));
      this.deletedPaths.push(...event.deleted.map(latin1));
    }
  }

  /** The entries as things; linked ones must agree. */
  tree(): Tree {
    const tree: Tree = new Map();
    for (const entry of this.entries) {
      const { path, kind, mode, owner, size } = entry;
      const content =
        kind === 'file' ? hex(blake3(this.contentOf(entry.content, size))) : latin1(entry.target);
      const mtimeNs = BigInt(entry.mtimeSec) * 1_000_000_000n + BigInt(entry.mtimeNsec);
      tree.set(latin1(path), {
        kind,
        mode,
        owner: `${owner.uid}:${owner.gid}`,
        mtimeNs,
        size,
        content,
      });
    }
    return tree;
  }

  entry(path: string): Entry {
    const found = this.entries.find((entry) => latin1(entry.path) === path);
    assert.ok(found, `no entry ${path}`);
    return found;
  }

  contentOf(content: Content, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    assert.equal(this.#fill(bytes, 0, content), size);
    return bytes;
  }

  #fill(into: Uint8Array, start: number, { depth, refs }: Content): number {
    let at = start;
    for (const { id, bytes } of refs) {
      if (id !== null) {
        const chunk = this.#chunk(id);
        if (depth === 0) into.set(chunk, at);
        else this.#fill(into, at, decodeList(chunk, depth, bytes));
        if (depth === 0) assert.equal(chunk.length, bytes);
      }
      at += bytes;
    }
    return at;
  }

  #chunk(id: Uint8Array): Uint8Array {
    const chunk = this.#held.get(hex(id));
    assert.ok(chunk, 'a chunk is named that the hub does not have');
    return chunk;
  }

  #takeChunks({ kind, room, ids, offsets, lengths }: ScanChunks): void {
    let end = bodyOffset(lengths.length);
    lengths.forEach((length, i) => {
      const at = offsets[i] as number;
      assert.ok(i === 0 ? at >= end : at === end, 'no room for a head, or a gap');
      end = at + length;
      const chunk = Uint8Array.from(room.bytes.subarray(at, end));
      const id = ids.slice(i * 32, i * 32 + 32);
      assert.deepEqual(Buffer.from(blake3(chunk)), Buffer.from(id));
      this.#held.set(hex(id), chunk);
    });
    this.sent[kind] += lengths.length;
    room.release();
  }

  #takePage(id: Uint8Array, isKnown: boolean): void {
    if (this.#isNothingKnown) assert.equal(isKnown, false);
    this.pages.push({ id: hex(id), isKnown });
    for (const entry of decodePage(this.#chunk(id))) {
      this.#order.check(entry);
      this.contentOf(entry.content, entry.size);
      this.entries.push(entry);
    }
  }

  #takePart(part: ScanPart): void {
    const list = decodeList(this.#chunk(part.id), part.depth + 1, part.bytes);
    for (const { id } of list.refs) if (id !== null) this.#chunk(id);
    this.parts.push(part);
  }
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
