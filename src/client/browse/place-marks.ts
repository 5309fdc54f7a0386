/** Most places that are remembered; when there are more, every second one is forgotten. */
const MOST_MARKS = 256;

/** Remembers where some of the things of a long list were found, so that reading can go on from near any of them. */
export class PlaceMarks<Place> {
  #every: number;
  /** Of things 0, `every`, 2 `every`, … as far as the list was read. */
  #places: Place[] = [];

  /** @param every of so many things the place of one is remembered, as long as the list is short */
  constructor(every: number) {
    this.#every = every;
  }

  /** Tells where a thing was found; things are told of in order, some more than once. */
  pass(number: number, place: Place): void {
    if (number !== this.#places.length * this.#every) return;
    this.#places.push(place);
    if (this.#places.length <= MOST_MARKS) return;
    this.#places = this.#places.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  /** The last remembered place at or before a thing, and whose it is; null if there is none at all. */
  before(number: number): { readonly number: number; readonly place: Place } | null {
    const index = Math.min(Math.floor(number / this.#every), this.#places.length - 1);
    const place = this.#places[index];
    return place === undefined ? null : { number: index * this.#every, place };
  }
}
