import type { ErrorCode } from '../../../src/base/errors.ts';

/** A decoder or parser, and what has to hold for whatever it is given. */
export type FuzzTarget = {
  readonly name: string;
  /** Files below src/ whose coverage says how far this target gets. */
  readonly covers: readonly string[];
  /** Valid and nearly valid inputs to begin with. */
  readonly seeds: () => Promise<readonly Uint8Array[]> | readonly Uint8Array[];
  /** Codes with which it may refuse. Anything else that it throws is a fault. */
  readonly codes: readonly ErrorCode[];
  /** Feeds one input and checks its properties: what breaks one throws something else than an RbError. */
  readonly run: (input: Uint8Array) => Promise<void> | void;
  /** Puts checksums right in a mutated input, so that what lies behind them is reached. Applied to every other input. */
  readonly mend?: (input: Uint8Array) => Uint8Array;
  /** Byte strings that mean something to it. */
  readonly words?: readonly Uint8Array[];
  /** Default 4096. */
  readonly mostBytes?: number;
  /** What one input may cost beyond {@link BUDGET}. */
  readonly budget?: Partial<Budget>;
  /** Mutations of the short run; default 3000. */
  readonly shortRuns?: number;
};

/** What decoding may cost, by the input's length. */
export type Budget = {
  readonly allocatedBytes: number;
  readonly allocatedPerByte: number;
  readonly ms: number;
  readonly msPerByte: number;
};

export const BUDGET: Budget = {
  allocatedBytes: 256 * 1024,
  allocatedPerByte: 256,
  ms: 50,
  msPerByte: 0.02,
};

/** A property that did not hold. */
export class Broken extends Error {}

export function hold(isTrue: boolean, what: string): asserts isTrue {
  if (!isTrue) throw new Broken(what);
}

/** For what must work because something before it did: no refusal is fitting there. */
export function again<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Broken(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}
