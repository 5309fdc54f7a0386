import { equalBytes } from '../base/bytes.ts';
import type { Entry } from '../model/entry.ts';
import { nameOf } from '../model/path.ts';
import type { Stat } from '../posix/stat.ts';
import { sameAttributes, sameContent } from './attributes.ts';
import type { Desk } from './file-work.ts';
import { isStamped } from './old-state.ts';
import type { OldEntry } from './old-state.ts';
import type { Folder, Spot } from './run-tree.ts';
import { isVersion } from './versions.ts';

/** What earlier runs may have put in a place: the committed tree's entry, and those of runs that came to no commit. */
export type Ours = { readonly old: OldEntry | null; readonly versions: readonly Entry[] };

/** An entry, and what was found about its place. */
export type Place = {
  readonly entry: Entry;
  readonly spot: Spot;
  /** Its number on the shelf. */
  readonly number: number;
  readonly folder: Folder;
  readonly stat: Stat | undefined;
  readonly ours: Ours;
};

/** What may be done to what stands in an entry's place, and what of it may be relied on. */
export class Rights {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Whether what the old state says of an inode that it stamped is what the new tree wants. */
  trusts(old: OldEntry, entry: Entry): boolean {
    if (this.#desk.ground.request.policy === 'verify') return false;
    return (
      old.entry === entry || (sameAttributes(old.entry, entry) && sameContent(old.entry, entry))
    );
  }

  /** Whether it is the inode that the old state stamped, and needs nothing. */
  isKnown({ entry, ours }: Pick<Place, 'entry' | 'ours'>, stat: Stat): boolean {
    return ours.old !== null && isStamped(ours.old, stat) && this.trusts(ours.old, entry);
  }

  /** Whether the link that is there points where the entry says. */
  hasTarget({ path, target }: Entry): boolean {
    const { posix, looking } = this.#desk.ground;
    return equalBytes(posix.readlinkAt(looking.parent(path), nameOf(path)), target);
  }

  /** Whether a file, link or FIFO that is there may be replaced if it is not the right one. */
  mayReplace({ entry, ours }: Place, stat: Stat): boolean {
    const { policy, overwrite } = this.#desk.ground.request;
    if (stat.kind === 'dir') return false;
    if (policy !== 'restore') return ours.old !== null || ours.versions.length > 0;
    if (overwrite) return true;
    if (stat.kind !== entry.kind) return false;
    if (stat.mtimeSec !== entry.mtimeSec) return stat.mtimeSec < entry.mtimeSec;
    return stat.mtimeNsec <= entry.mtimeNsec;
  }

  /** Whether what stands where a folder must be is still what a transfer put there. */
  mayEvict({ entry, ours }: Place, stat: Stat): boolean {
    const { policy, overwrite } = this.#desk.ground.request;
    if (policy === 'restore') return overwrite;
    if (ours.old !== null && isStamped(ours.old, stat)) return true;
    return versionsOf(ours).some((version) => isVersion(this.#desk, version, stat, entry.path));
  }

  /** Whether a folder that stands where something else must be is ours, or may be taken for ours. */
  mayClear({ ours }: Place): boolean {
    return (
      this.#desk.ground.request.overwrite || versionsOf(ours).some(({ kind }) => kind === 'dir')
    );
  }
}

function versionsOf({ old, versions }: Ours): readonly Entry[] {
  return old === null ? versions : [old.entry, ...versions];
}
