import { RbError } from '../base/errors.ts';
import { blake3 } from '../base/hash.ts';
import type { Entry } from '../model/entry.ts';
import { LIMITS } from '../model/limits.ts';
import { PageBuilder } from '../model/page.ts';
import { MARKS, newStamps } from '../model/tree-state.ts';
import type { Stamps } from '../model/tree-state.ts';
import type { ChunkSender } from './chunk-sender.ts';
import type { OldPage, OldTree } from './old-tree.ts';
import type { StateWriter } from './state-writer.ts';

/** The marks of the inode that an entry was read from. */
export type Stamp = { readonly ino: number; readonly ctimeSec: number; readonly ctimeNsec: number };

/**
 * Takes the entries of the new tree in order and makes pages and the next state of them. As long as the entries are
 * those of one page of the last state, from its first on, nothing is encoded: if all of them come, the page is taken
 * as it is.
 */
export class TreeWriter {
  files = 0;
  dirs = 0;
  bytes = 0;
  readonly #old: OldTree;
  readonly #sender: ChunkSender;
  readonly #state: StateWriter;
  readonly #isOldTrusted: boolean;
  readonly #builder = new PageBuilder();
  /** Of the entries of the page under way. One more than a page holds, for the entry that is added last. */
  readonly #stamps: Stamps = newStamps(LIMITS.pageEntries + 1);
  #count = 0;
  /** The page of the last state whose first entries are all that the page under way has; they are not in the builder. */
  #aligned: OldPage | null = null;

  /** @param isOldTrusted whether pages of the last state count as held by the hub */
  constructor(old: OldTree, sender: ChunkSender, state: StateWriter, isOldTrusted: boolean) {
    this.#old = old;
    this.#sender = sender;
    this.#state = state;
    this.#isOldTrusted = isOldTrusted;
  }

  /** Adds a new entry. @param isKnown whether its stamp can be trusted next time */
  add(entry: Entry, stamp: Stamp, isKnown: boolean): void {
    this.#countIn(entry);
    if (this.#aligned !== null) this.#encodeAligned();
    this.#stampLast(
      stamp.ino,
      stamp.ctimeSec,
      stamp.ctimeNsec,
      isKnown ? MARKS.known : MARKS.unknown,
    );
    if (this.#builder.add(entry)) this.#closePage();
  }

  /**
   * Adds the entry at the cursor of the last state as it is, and moves the cursor on.
   * @param forgetStamp marks it unknown, so that it is read next time
   */
  addOld(forgetStamp: boolean = false): void {
    const { entry, page, index } = this.#old;
    if (entry === null || page === null) return;
    this.#countIn(entry);
    const isNext = index === this.#count && (this.#aligned === page || this.#count === 0);
    if (this.#aligned !== null && !isNext) this.#encodeAligned();
    const { ino, ctimeSec, ctimeNsec, mark } = page.stamps;
    const newMark = forgetStamp ? MARKS.unknown : (mark[index] as number);
    this.#stampLast(
      ino[index] as number,
      ctimeSec[index] as number,
      ctimeNsec[index] as number,
      newMark,
    );
    // Read before the cursor moves on: the last page of a state ends where the tree did, which may go on now.
    if (!isNext) {
      if (this.#builder.add(entry)) this.#closePage();
    } else {
      this.#aligned = page;
      if (this.#count === page.entries.length && !page.isLast) this.#takeAligned(page);
    }
    this.#old.advance();
  }

  /** Ends the last page. */
  finish(): void {
    const page = this.#aligned;
    if (page !== null && this.#count === page.entries.length) this.#takeAligned(page);
    else if (page !== null) this.#encodeAligned();
    if (this.#builder.count > 0) this.#closePage();
    this.#sender.flush();
  }

  #countIn(entry: Entry): void {
    if (entry.kind === 'dir') this.dirs++;
    else this.files++;
    this.bytes += entry.size;
  }

  #stampLast(ino: number, ctimeSec: number, ctimeNsec: number, mark: number): void {
    const at = this.#count++;
    this.#stamps.ino[at] = ino;
    this.#stamps.ctimeSec[at] = ctimeSec;
    this.#stamps.ctimeNsec[at] = ctimeNsec;
    this.#stamps.mark[at] = mark;
  }

  #takeAligned(page: OldPage): void {
    this.#aligned = null;
    this.#write(page.id, page.bytes, this.#count, this.#isOldTrusted);
  }

  /** The page under way is not going to be the old one: what it has so far is encoded after all. */
  #encodeAligned(): void {
    const entries = this.#aligned?.entries.slice(0, this.#count) ?? [];
    this.#aligned = null;
    for (const entry of entries) if (this.#builder.add(entry)) this.#closePage();
  }

  #closePage(): void {
    const count = this.#builder.count;
    const bytes = this.#builder.take();
    const id = blake3(bytes);
    this.#write(id, bytes, count, this.#isOldTrusted && this.#old.hasPage(id));
  }

  /** Writes a page with the first `count` of the stamps, and drops these. */
  #write(id: Uint8Array, page: Uint8Array, count: number, isKnown: boolean): void {
    const { ino, ctimeSec, ctimeNsec, mark } = this.#stamps;
    const stamps = {
      ino: ino.subarray(0, count),
      ctimeSec: ctimeSec.subarray(0, count),
      ctimeNsec: ctimeNsec.subarray(0, count),
      mark: mark.subarray(0, count),
    };
    this.#state.page({ id, page, stamps });
    if (this.#state.pages > LIMITS.snapshotPages) {
      throw new RbError(
        'too-large',
        'The folder has more entries than a backup set can hold; split it into several.',
      );
    }
    for (const column of [ino, ctimeSec, ctimeNsec, mark]) column.copyWithin(0, count, this.#count);
    this.#count -= count;
    this.#sender.page(id, isKnown ? null : page);
  }
}
