import { statfsSync } from 'node:fs';

import { LIFE_SPACE } from '../ours/life.ts';
import { dataFolder } from './sources.ts';

/** The largest there are: a tree of small files, and one file. */
export const MANY_FILES = 1_000_000;
export const HUGE_MIB: number = 20 * 1024;

const MIB = 1024 * 1024;
/** What stays free on the disk, for everybody else. */
const SPARE_BYTES = 6e9;

/** The largest file, up to `wanted`, that can be sent, kept and restored on this disk. */
export function fittingMib(wanted: number): number {
  const { bavail, bsize } = statfsSync(dataFolder());
  const most = (bavail * bsize - SPARE_BYTES) / LIFE_SPACE / MIB;
  return Math.min(wanted, Math.floor(most / 256) * 256);
}
