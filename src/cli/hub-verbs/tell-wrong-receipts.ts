import { fromHex } from '../../base/bytes.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { wrongReceipts } from '../../hub/proofs/wrong-receipts.ts';
import { loadIdentity } from '../../transport/identity.ts';
import type { CheckReport } from '../check-report.ts';

/** Tells each receipt that is not signed for the copy it stands beside. @returns how many there are */
export async function tellWrongReceipts(
  dir: string,
  catalog: Catalog,
  report: CheckReport,
): Promise<number> {
  const identity = await loadIdentity(dir);
  const wrong = wrongReceipts(catalog, identity === null ? null : fromHex(identity.fingerprint));
  for (const row of wrong) report.wrongReceipt(row);
  return wrong.length;
}
