import type { Content } from '../model/entry.ts';
import { decodeList } from '../model/content.ts';

/** A piece of a file in order: a chunk, or a hole (id null). */
export type Leaf = {
  readonly kind: 'leaf';
  readonly id: Uint8Array | null;
  readonly offset: number;
  readonly bytes: number;
};
/** A list chunk that has to be here before it can go on. */
export type MissingList = { readonly kind: 'list'; readonly id: Uint8Array };

/** The bytes of a list chunk that is on this machine, checked against its id. */
export type FindList = (id: Uint8Array) => Uint8Array | undefined;

/** Walks through a content leaf by leaf, lists in lists included, holding one list a level. */
export class Leaves {
  readonly #find: FindList;
  readonly #levels: { readonly content: Content; next: number }[];
  #offset: number;

  constructor(content: Content, find: FindList, offset: number = 0) {
    this.#levels = [{ content, next: 0 }];
    this.#find = find;
    this.#offset = offset;
  }

  /**
   * The next piece; or the list that is missing, then the same again; null at the end.
   * @throws protocol if a list does not hold what its reference says
   */
  next(): Leaf | MissingList | null {
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      const ref = level.content.refs[level.next];
      if (ref === undefined) {
        this.#levels.pop();
        continue;
      }
      if (level.content.depth === 0 || ref.id === null) {
        level.next++;
        const offset = this.#offset;
        this.#offset += ref.bytes;
        return { kind: 'leaf', id: ref.id, offset, bytes: ref.bytes };
      }
      const list = this.#find(ref.id);
      if (list === undefined) return { kind: 'list', id: ref.id };
      level.next++;
      this.#levels.push({ content: decodeList(list, level.content.depth, ref.bytes), next: 0 });
    }
    return null;
  }
}
