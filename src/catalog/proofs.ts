import type { SignedReceipt } from '../model/receipt.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { Copy } from './catalog.ts';

/** A copy with what was signed for it. */
export type ReceiptRow = {
  readonly destination: Uint8Array;
  /** The destination's name. */
  readonly name: string;
  readonly key: SetKey;
  readonly snapshot: Uint8Array;
  readonly bytes: number;
  readonly receipt: SignedReceipt;
};

/** A copy whose turn it may be to be proven. */
export type DueCopy = Copy & {
  /** When pieces of what this destination had of the set were last right, whichever snapshot that was; 0: never. */
  readonly lastProvenMs: number;
};

/** What became of the copies that destinations were asked to prove. */
export interface Proofs {
  /**
   * The copies of one destination that were not proven after this moment, the longest unproven first. A proof later than
   * `nowMs`, from a clock that was wrong, is none.
   */
  copiesToProve(
    destination: Uint8Array,
    sinceMs: number,
    nowMs: number,
    limit: number,
  ): readonly DueCopy[];

  /** Notes that pieces of a copy, chosen at random, were right. Does nothing if it is no copy any more. */
  recordProof(destination: Uint8Array, snapshot: Uint8Array, provenMs: number): void;

  /**
   * A proof failed: the copy is none any more, and what this destination has of the set is doubted, until it has
   * acknowledged a copy of it anew ({@link Copies.recordCopy}).
   * @returns false if it was no copy any more; then nothing is doubted
   */
  dropCopy(destination: Uint8Array, snapshot: Uint8Array, failedMs: number): boolean;

  isDoubted(destination: Uint8Array, key: SetKey): boolean;

  /** All copies that were signed for. One of which only a half is there has an empty signature or certificate. */
  receipts(): readonly ReceiptRow[];
}
