/** Where the records of a vault are, as its undamaged packs tell. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { decodeBundleHead } from '../../../src/model/bundle.ts';
import type { ChunkKind } from '../../../src/model/bundle.ts';

const PACK_HEAD_BYTES = 8;

export type RecordPlace = {
  readonly pack: string;
  readonly offset: number;
  readonly bytes: number;
  readonly kind: ChunkKind;
};

/** Files below a folder that fit. */
export function filesBelow(dir: string, fits: RegExp): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => fits.test(name))
    .map((name) => join(dir, name))
    .toSorted();
}

export function recordsOf(pack: string): RecordPlace[] {
  const bytes = readFileSync(pack);
  const records: RecordPlace[] = [];
  for (let offset = PACK_HEAD_BYTES; offset < bytes.length;) {
    const { kind, recordBytes } = decodeBundleHead(bytes.subarray(offset));
    records.push({ pack, offset, bytes: recordBytes, kind });
    offset += recordBytes;
  }
  return records;
}

export const OPEN_PACK: RegExp = /open-[0-9a-f]{16}\.pack$/;
export const CLOSED_PACK: RegExp = /[0-9a-f]{64}\.pack$/;
export const INDEX: RegExp = /[0-9a-f]{64}\.index$/;
