import type { HubContext } from './hub-context.ts';
import { importSnapshots } from './runs/import-snapshots.ts';

/** What is in the vault already. @returns how many snapshots were taken over from it */
export async function takeOver(hub: HubContext): Promise<number> {
  const imported = await importSnapshots(hub);
  if (imported > 0) {
    hub.log({
      level: 'warn',
      event: 'imported',
      message: `The catalog lacked snapshots: ${imported} were taken over from the vault. If it was new, users and devices have to be invited again, and which snapshots were held back is not known any more: destinations get the newest of each set.`,
    });
  }
  hub.snapshotCount.value = hub.catalog.snapshotTotals().snapshots;
  return imported;
}
