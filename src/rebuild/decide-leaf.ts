import { nameOf } from '../model/path.ts';
import type { Stat } from '../posix/stat.ts';
import { sameAttributes, sameContent } from './attributes.ts';
import type { Ground } from './ground.ts';
import type { Links } from './links.ts';
import { isStamped } from './old-state.ts';
import { inTheWay } from './problems.ts';
import type { Place, Rights } from './rights.ts';
import { FLAGS } from './run-tree.ts';
import type { RunTree } from './run-tree.ts';
import type { Verdict } from './verdict.ts';

/** Decides about everything but folders. */
export class LeafDecider {
  readonly #ground: Ground;
  readonly #tree: RunTree;
  readonly #links: Links;
  readonly #rights: Rights;
  readonly #verdict: Verdict;

  constructor(ground: Ground, tree: RunTree, links: Links, rights: Rights, verdict: Verdict) {
    this.#ground = ground;
    this.#tree = tree;
    this.#links = links;
    this.#rights = rights;
    this.#verdict = verdict;
  }

  file(place: Place): void {
    const { entry, stat, spot, number } = place;
    const membership = this.#links.join(entry, spot);
    const linkGroup = membership === 'alone' ? 0 : entry.linkGroup;
    const mayReplace = stat !== undefined && this.#rights.mayReplace(place, stat);
    if (typeof membership === 'object') {
      const isLinked = stat !== undefined && stat.kind === 'file' && stat.ino === membership.ino;
      if (isLinked && this.#rights.isKnown(place, stat)) this.#verdict.keep(place, null);
      else {
        if (!isLinked) this.#verdict.needsRepair(place, 'link');
        if (stat?.kind === 'dir') this.#verdict.later(place, 'link');
        else if (isLinked && this.#ground.isReadOnly) this.#verdict.keep(place, null);
        else this.#verdict.add(place, 'link', mayReplace);
      }
      return;
    }
    if (stat === undefined) {
      this.#verdict.needsRepair(place, 'file');
      this.#verdict.add(place, 'make', false);
    } else if (stat.kind === 'dir') this.#verdict.later(place, 'make');
    else if (stat.kind !== 'file') {
      if (!mayReplace) throw inTheWay('Something of another kind stands there');
      this.#verdict.needsRepair(place, 'file');
      this.#verdict.add(place, 'make', true);
    } else if (stat.nlink > 1 && mayReplace && !this.#links.claim(stat.ino, linkGroup, number)) {
      this.#verdict.needsRepair(place, 'file of its own');
      this.#verdict.add(place, 'make', true);
    } else this.#presentFile(place, stat, mayReplace);
  }

  #presentFile(place: Place, stat: Stat, mayReplace: boolean): void {
    const { entry, ours } = place;
    // Which bits of the mode are kept may be asked for otherwise than last time.
    const isMode = stat.mode === this.#ground.attributes.mode(entry);
    if (
      ours.old === null ||
      !isStamped(ours.old, stat) ||
      this.#ground.request.policy === 'verify'
    ) {
      this.#verdict.add(place, 'check', mayReplace);
    } else if (!sameContent(ours.old.entry, entry)) this.#verdict.add(place, 'make', true);
    else if (isMode && sameAttributes(ours.old.entry, entry)) this.#verdict.keep(place, stat.ino);
    else this.#verdict.add(place, 'touch', true);
  }

  special(place: Place): void {
    const { entry, stat } = place;
    const ground = this.#ground;
    if (stat?.kind === 'dir') {
      this.#verdict.later(place, 'make');
      return;
    }
    if (stat === undefined) {
      this.#verdict.needsRepair(place, 'link');
      this.#verdict.add(place, 'make', false);
      return;
    }
    const isSame =
      stat.kind === entry.kind && (entry.kind !== 'symlink' || this.#rights.hasTarget(entry));
    if (!isSame) {
      if (!this.#rights.mayReplace(place, stat)) throw inTheWay('Something else stands there');
      this.#verdict.needsRepair(place, 'link');
      this.#verdict.add(place, 'make', true);
      return;
    }
    if (this.#rights.isKnown(place, stat)) {
      this.#verdict.keep(place, null);
      return;
    }
    const target = { dir: ground.looking.parent(entry.path), name: nameOf(entry.path) };
    this.#tree.flag(place.spot, FLAGS.changed);
    if (ground.attributes.isRight(entry, stat, target)) this.#verdict.keep(place, null);
    else {
      this.#verdict.needsRepair(place, 'attribute');
      this.#verdict.add(place, 'touch', true);
    }
  }
}
