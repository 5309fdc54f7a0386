import type { Catalog } from '../../catalog/catalog.ts';
import type { ReceiptRow } from '../../catalog/proofs.ts';
import { isSigned } from '../../model/receipt.ts';

/**
 * The copies whose receipt doesn't say what their row says: damaged, or put there by somebody.
 * @param hub SHA-256 of the hub's certificate; null if that is gone, and then no receipt can be good
 */
export function wrongReceipts(catalog: Catalog, hub: Uint8Array | null): ReceiptRow[] {
  return catalog.receipts().filter(({ destination, snapshot, bytes, receipt }) => {
    return hub === null || !isSigned({ hub, destination, snapshot, bytes }, receipt);
  });
}
