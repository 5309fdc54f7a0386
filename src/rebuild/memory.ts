import { concatBytes } from '../base/bytes.ts';
import { blake3 } from '../base/hash.ts';
import { LIMITS } from '../model/limits.ts';
import { Journal } from './journal.ts';
import type { JournalRecord } from './journal.ts';
import type { Ground } from './ground.ts';
import { mapSubtree } from './intake.ts';
import { ListStore } from './list-store.ts';
import { OldState } from './old-state.ts';
import { Ownership } from './ownership.ts';
import { PageShelf } from './page-shelf.ts';

/** What earlier runs have left in the state's folder, opened. */
export class Memory {
  readonly shelf: PageShelf;
  readonly lists: ListStore;
  readonly old: OldState | null;
  readonly ownership: Ownership;
  /** Null if the run changes nothing. */
  readonly journal: Journal | null;
  journalIsGone = false;

  constructor(ground: Ground) {
    const { stateDir, policy, subtree } = ground.request;
    this.shelf = new PageShelf(mapSubtree(subtree));
    this.lists = new ListStore(stateDir);
    this.ownership = new Ownership(this.shelf);
    this.old = policy === 'restore' ? null : OldState.open(stateDir, this.shelf);
    this.journal = ground.isReadOnly ? null : this.#openJournal(stateDir, policy !== 'restore');
  }

  /** Pages whose files may be on this disk. */
  oldPages(): Set<number> {
    const pages = new Set<number>(this.ownership.pages);
    for (const { page } of this.old?.pages ?? []) pages.add(page);
    return pages;
  }

  /** Writes down, before any of it is done, what of a page is about to be ours. Durable after the journal's `sync`. */
  plan(page: number, foreign: Uint8Array): void {
    this.journal?.append('plan', concatBytes([this.shelf.id(page), foreign]));
  }

  close(): void {
    this.old?.close();
    this.lists.close();
    if (!this.journalIsGone) this.journal?.close();
  }

  #openJournal(stateDir: string, isDurable: boolean): Journal {
    const pages: JournalRecord[] = [];
    const take = (record: JournalRecord): void => {
      const { kind, payload, offset } = record;
      if (kind === 'page') {
        const bytes = payload.length;
        this.shelf.add(blake3(payload), () => journal.read(offset, bytes));
      } else if (kind === 'list') this.lists.note(blake3(payload), offset, payload.length);
      else if (kind === 'foreign') this.ownership.addForeign(payload);
      else pages.push(record);
    };
    const journal: Journal = Journal.open(stateDir, this.old?.snapshot ?? null, take, isDurable);
    this.lists.useJournal(journal);
    for (const { payload } of pages) {
      const page = this.shelf.numberOf(payload.subarray(0, LIMITS.idBytes));
      if (page !== undefined) this.ownership.addPlan(page, payload.subarray(LIMITS.idBytes));
    }
    this.ownership.build();
    return journal;
  }
}
