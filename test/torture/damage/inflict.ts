/** The ways in which files, and pieces of files, are damaged. */

import {
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

import type { Random } from '../../rebuild/random-tree.ts';

/** Bits flipped; an end gone; another of the same kind in its place, or the two exchanged; nothing in it; gone. */
export const DAMAGES = ['flipped', 'cut', 'swapped', 'emptied', 'removed'] as const;
export type Damage = (typeof DAMAGES)[number];

/** Of a file from one place on; its end may be that of the file. */
export type Piece = { readonly path: string; readonly offset: number; readonly bytes: number };

/** Flips one to four bits of a piece. */
export function flipBits({ path, offset, bytes }: Piece, random: Random): void {
  const all = readFileSync(path);
  for (let flips = 1 + random(4); flips > 0; flips--) {
    const at = offset + random(bytes);
    all[at] = (all[at] as number) ^ (1 << random(8));
  }
  writeFileSync(path, all);
}

/**
 * Damages a whole file.
 * @param twin of the same kind, which is exchanged with it; null: nothing of the kind is there, and it can't be swapped
 */
export function damageFile(path: string, twin: string | null, how: Damage, random: Random): void {
  const { size } = statSync(path);
  if (how === 'flipped') flipBits({ path, offset: 0, bytes: size }, random);
  else if (how === 'cut') truncateSync(path, random(size));
  else if (how === 'emptied') truncateSync(path, 0);
  else if (how === 'removed') rmSync(path);
  else if (twin !== null) {
    const aside = `${path}.aside`;
    renameSync(path, aside);
    cpSync(twin, path);
    // A twin elsewhere belongs to other trials.
    if (dirname(dirname(twin)) === dirname(dirname(path))) cpSync(aside, twin);
    rmSync(aside);
  }
}

/**
 * Damages a piece of a file: cut short and removed, what stands behind it moves up.
 * @param twin another piece of the same file, which changes places with it
 */
export function damagePiece(piece: Piece, twin: Piece | null, how: Damage, random: Random): void {
  const { path, offset, bytes } = piece;
  const all = readFileSync(path);
  const [before, own, behind] = [
    all.subarray(0, offset),
    all.subarray(offset, offset + bytes),
    all.subarray(offset + bytes),
  ];
  if (how === 'flipped') flipBits(piece, random);
  else if (how === 'cut')
    writeFileSync(path, Buffer.concat([before, own.subarray(0, 1 + random(bytes - 1)), behind]));
  else if (how === 'emptied')
    writeFileSync(path, Buffer.concat([before, Buffer.alloc(bytes), behind]));
  else if (how === 'removed') writeFileSync(path, Buffer.concat([before, behind]));
  else if (twin !== null) exchange(path, all, piece, twin);
}

function exchange(path: string, all: Buffer, one: Piece, two: Piece): void {
  const [first, second] = one.offset < two.offset ? [one, two] : [two, one];
  const part = (from: number, to: number): Buffer => all.subarray(from, to);
  writeFileSync(
    path,
    Buffer.concat([
      part(0, first.offset),
      part(second.offset, second.offset + second.bytes),
      part(first.offset + first.bytes, second.offset),
      part(first.offset, first.offset + first.bytes),
      part(second.offset + second.bytes, all.length),
    ]),
  );
}
