/** Loaded into a program by `--import`: memory that was given back is overwritten at once, not by chance some time later. */

import { SharedLease } from '../../src/base/shared-arena.ts';

const NEITHER_TEXT_NOR_ZERO = 0xdb;

const release: unknown = Reflect.get(SharedLease.prototype, 'release');
SharedLease.prototype.release = function spoil(this: SharedLease): void {
  // Before it is let go: where the memory is another thread's, that one may fill it at once.
  if (this.holders === 1) this.bytes.fill(NEITHER_TEXT_NOR_ZERO);
  if (typeof release === 'function') release.call(this);
};
