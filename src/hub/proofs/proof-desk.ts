import type { Order } from '../register.ts';
import type { ProofAsker } from './proof-asker.ts';

/** A destination that can be asked for proofs. */
export type Witness = { readonly order: Order; readonly asker: ProofAsker };

/** The destinations that are there and can be asked for proofs. */
export class ProofDesk {
  readonly #witnesses = new Set<Witness>();

  get witnesses(): readonly Witness[] {
    return [...this.#witnesses];
  }

  /** @returns takes it off again */
  join(witness: Witness): () => void {
    this.#witnesses.add(witness);
    return () => void this.#witnesses.delete(witness);
  }
}
