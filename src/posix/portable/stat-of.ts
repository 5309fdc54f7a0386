import type { BigIntStats } from 'node:fs';
import { foldInode, kindOfMode } from '../stat.ts';
import type { Stat } from '../stat.ts';

const BILLION = 1_000_000_000n;

/** What node:fs says, in the port's form. */
export function statOf(stats: BigIntStats): Stat {
  const stMode = Number(stats.mode);
  const mtime = secondsOf(stats.mtimeNs);
  const ctime = secondsOf(stats.ctimeNs);
  return {
    kind: kindOfMode(stMode),
    mode: stMode & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: Number(stats.size),
    mtimeSec: mtime.sec,
    mtimeNsec: mtime.nsec,
    ctimeSec: ctime.sec,
    ctimeNsec: ctime.nsec,
    ino: foldInode(
      Number(BigInt.asUintN(32, stats.ino)),
      Number(BigInt.asUintN(32, stats.ino >> 32n)),
    ),
    dev: Number(BigInt.asUintN(53, stats.dev)),
    nlink: Number(stats.nlink),
    // Windows counts no blocks: as if there were no holes.
    blocks: Number(stats.blocks ?? (stats.size + 511n) / 512n),
  };
}

function secondsOf(ns: bigint): { sec: number; nsec: number } {
  const rest = ((ns % BILLION) + BILLION) % BILLION;
  return { sec: Number((ns - rest) / BILLION), nsec: Number(rest) };
}
