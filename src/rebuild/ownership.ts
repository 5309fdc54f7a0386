import { randomInt } from 'node:crypto';

import { equalBytes } from '../base/bytes.ts';
import type { Entry } from '../model/entry.ts';
import { FingerprintTable, keyOf } from './fingerprint-table.ts';
import { entryNumber } from './page-shelf.ts';
import type { PageShelf } from './page-shelf.ts';

/** Versions of one path that unfinished runs may have left. */
const MOST_VERSIONS = 64;
const NONE: readonly Entry[] = [];

/** Which paths runs that never came to a commit may have put in place, as their journal says. */
export class Ownership {
  readonly #shelf: PageShelf;
  readonly #seed: number = randomInt(0xffff_ffff);
  readonly #plans = new Map<number, Uint8Array>();
  readonly #foreign = new Set<string>();
  readonly #seen = new Set<number>();
  readonly #table = new FingerprintTable(MOST_VERSIONS);

  constructor(shelf: PageShelf) {
    this.#shelf = shelf;
  }

  get isEmpty(): boolean {
    return this.#plans.size === 0;
  }

  /** The pages that were planned. */
  get pages(): Iterable<number> {
    return this.#plans.keys();
  }

  /** @param foreign bit i (lowest first) set: entry i of the page is not ours */
  addPlan(page: number, foreign: Uint8Array): void {
    const bits = this.#plans.get(page) ?? new Uint8Array(foreign.length).fill(0xff);
    this.#plans.set(
      page,
      bits.map((byte, at) => byte & (foreign[at] ?? 0xff)),
    );
  }

  /** Something appeared there just when it was to be put in place: whatever the plans say, it isn't ours. */
  addForeign(path: Uint8Array): void {
    this.#foreign.add(keyOf(path));
  }

  /** To be called once, when all plans are known. */
  build(): void {
    for (const [page, foreign] of this.#plans) {
      this.#shelf.entries(page).forEach((entry, place) => {
        if (entry === null || isSet(foreign, place) || this.#foreign.has(keyOf(entry.path))) return;
        this.#table.add(this.#print(entry.path), page, place);
      });
    }
  }

  /** What may have been put at a path, oldest first; empty if it isn't ours. */
  versions(path: Uint8Array): Entry[] {
    const found: Entry[] = [];
    this.#each(path, (entry) => void found.push(entry));
    return found;
  }

  /** The same; the path belongs to the new tree, so it is not among the unseen. */
  wantedVersions(path: Uint8Array): readonly Entry[] {
    if (this.isEmpty) return NONE;
    const found: Entry[] = [];
    this.#each(path, (entry, number) => {
      found.push(entry);
      this.#seen.add(number);
    });
    return found;
  }

  /** Calls back for all that is ours by a plan and was never asked for by {@link wantedVersions}. */
  forUnseen(visit: (entry: Entry) => void): void {
    for (const [page, foreign] of this.#plans) {
      this.#shelf.entries(page).forEach((entry, place) => {
        if (entry === null || isSet(foreign, place) || this.#foreign.has(keyOf(entry.path))) return;
        if (!this.#seen.has(entryNumber(page, place))) visit(entry);
      });
    }
  }

  #each(path: Uint8Array, visit: (entry: Entry, number: number) => void): void {
    if (this.isEmpty) return;
    this.#table.find(this.#print(path), (page, place) => {
      const entry = this.#shelf.entries(page)[place] ?? null;
      if (entry !== null && equalBytes(entry.path, path)) visit(entry, entryNumber(page, place));
      return false;
    });
  }

  /** FNV-1a from a secret start, so that nobody can choose paths that collide. */
  #print(path: Uint8Array): number {
    let hash = this.#seed;
    for (let at = 0; at < path.length; at++)
      hash = Math.imul(hash ^ (path[at] as number), 0x01000193);
    return hash >>> 0;
  }
}

function isSet(bits: Uint8Array, at: number): boolean {
  return (((bits[at >> 3] ?? 0xff) >> (at & 7)) & 1) === 1;
}
