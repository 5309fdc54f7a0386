/** Trees that must be refused wherever they arrive, each by what is wrong with it. */

import { concatBytes } from '../../../src/base/bytes.ts';
import type { ErrorCode } from '../../../src/base/errors.ts';
import { encodeList } from '../../../src/model/content.ts';
import {
  bytesOf,
  chunkOf,
  contentOf,
  dir,
  file,
  HOSTILE_NAMES,
  pageOf,
  rawPage,
  symlink,
} from './wild.ts';
import type { Chunk, Wild } from './wild.ts';

export const evil: Chunk = chunkOf(bytesOf('evil content'));
export const good: Chunk = chunkOf(bytesOf('good content'));

/** What is right about a tree, in one page. */
export const goodPage: Chunk = pageOf(dir(''), file('good', good));

export type BadTree = Wild & { readonly what: string; readonly code: ErrorCode };

/** A tree of these pages, and whatever they may name. */
export function treeOf(...pages: readonly Chunk[]): Wild {
  return { data: [evil, good], lists: [], pages };
}

export function badNames(): BadTree[] {
  return Object.entries(HOSTILE_NAMES).map(([what, path]) => {
    return { what, code: 'name-refused', ...treeOf(pageOf(dir(''), file(path, evil))) };
  });
}

/** @param outside where links lead */
export function badOrders(outside: string): BadTree[] {
  const bad: Record<string, readonly Chunk[]> = {
    'a file below a link': [pageOf(dir(''), symlink('link', outside), file('link/evil', evil))],
    'the same over two pages': [
      pageOf(dir(''), symlink('link', outside)),
      pageOf(file('link/evil', evil)),
    ],
    'a file below a file': [pageOf(dir(''), file('a', good), file('a/evil', evil))],
    'a file in no folder': [pageOf(dir(''), file('a/evil', evil))],
    'a path twice': [pageOf(dir(''), file('evil', good), file('evil', evil))],
    'a folder and a link of one path': [
      pageOf(dir(''), dir('a'), symlink('a', outside), file('a/evil', evil)),
    ],
    'the wrong order': [pageOf(dir(''), file('b', good), file('a', evil))],
    'pages in the wrong order': [pageOf(dir(''), file('b', good)), pageOf(file('a', evil))],
    'a page twice': [pageOf(dir(''), file('a', good)), pageOf(dir(''), file('a', good))],
    'no root': [pageOf(file('evil', evil))],
    'a root that is a link': [pageOf(symlink('', outside))],
    'a root that is a file': [pageOf(file('', evil))],
  };
  return Object.entries(bad).map(([what, pages]) => ({
    what,
    code: 'protocol',
    ...treeOf(...pages),
  }));
}

export function badPages(): BadTree[] {
  const bad: Record<string, Chunk> = {
    noise: chunkOf(bytesOf('\xff'.repeat(1000))),
    'one byte': chunkOf(bytesOf('\x01')),
    'no entries': rawPage(1, 0, 0),
    'a billion entries': rawPage(1, 0, 1_000_000_000),
    'a billion owners': rawPage(1, 1_000_000_000),
    'a path of 2^50 bytes': rawPage(1, 1, 0, 0, 0, 0, 1, 0, 2 ** 50),
    'a path that shares what was not there': rawPage(
      1,
      1,
      0,
      0,
      0,
      0,
      1,
      1000,
      0,
      0,
      0o755,
      0,
      0,
      0,
      0,
    ),
    'bytes behind the end': chunkOf(concatBytes([pageOf(dir('')).plain, bytesOf('more')])),
    'a billion references': pageWithContent(0, 1_000_000_000),
    'lists 2^40 deep': pageWithContent(2 ** 40, 0),
    'a piece of 2^51 bytes': pageOf(dir(''), file('evil', contentOf(evil, 2 ** 51))),
  };
  const trees = Object.entries(bad).map(([what, page]): BadTree => ({
    what,
    code: 'protocol',
    ...treeOf(page),
  }));
  return [...trees, { what: 'another format', code: 'unsupported', ...treeOf(rawPage(77, 0, 1)) }];
}

/** A root, and a file whose content begins with these two numbers. */
function pageWithContent(depth: number, count: number): Chunk {
  const owner = [0, 0, 0, 0];
  const root = [0, 0, 0, 0o755, 0, 0, 0, 0];
  return rawPage(
    1,
    1,
    ...owner,
    2,
    ...root,
    0,
    1,
    bytesOf('e'),
    1,
    0o644,
    0,
    0,
    0,
    0,
    depth,
    count,
  );
}

export function badLists(): BadTree[] {
  const list = chunkOf(encodeList({ depth: 0, refs: [{ id: good.id, bytes: good.plain.length }] }));
  const length = good.plain.length;
  const contents = {
    'a list that stands for less': { depth: 1, refs: [{ id: list.id, bytes: 1 }] },
    'a list that stands for more': { depth: 1, refs: [{ id: list.id, bytes: length + 1 }] },
    'a list that stands for 2^40 bytes': { depth: 1, refs: [{ id: list.id, bytes: 2 ** 40 }] },
    'a list of a wrong depth': { depth: 3, refs: [{ id: list.id, bytes: length }] },
    'data for a list': { depth: 1, refs: [{ id: evil.id, bytes: 5 }] },
  };
  return Object.entries(contents).map(([what, content]) => {
    return {
      what,
      code: 'protocol',
      data: [evil, good],
      lists: [list],
      pages: [pageOf(dir(''), file('evil', content))],
    };
  });
}
