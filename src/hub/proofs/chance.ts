import { randomBytes } from 'node:crypto';

/** Where what must not be foreseen comes from: a destination that knew what it will be asked could keep just that. */
export type Chance = {
  /** At least 0, less than 1; each of 2^53 as likely. */
  fraction(): number;
  bytes(count: number): Uint8Array;
};

export const systemChance: Chance = {
  fraction: () => {
    const bits = randomBytes(8).readBigUInt64LE() >> 11n;
    return Number(bits) / 2 ** 53;
  },
  bytes: (count) => Uint8Array.from(randomBytes(count)),
};

/** A whole number of 0 to `count` - 1. */
export function below(chance: Chance, count: number): number {
  return Math.floor(chance.fraction() * count);
}

/** So many of the items, or all if there are fewer; each as likely as any other, in no order. */
export function someOf<Item>(chance: Chance, items: readonly Item[], count: number): Item[] {
  const left = [...items];
  const most = Math.min(count, left.length);
  for (let i = 0; i < most; i++) {
    const j = i + below(chance, left.length - i);
    [left[i], left[j]] = [left[j] as Item, left[i] as Item];
  }
  return left.slice(0, most);
}
