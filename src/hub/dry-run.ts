import { RbError } from '../base/errors.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { Stream } from '../transport/transport.ts';
import type { Backup } from '../wire/messages-backup.ts';
import type { HubContext } from './hub-context.ts';
import { isGoodMemory, latestFor } from './runs/snapshots.ts';
import { WantWindow } from './runs/want-window.ts';

/** Answers offers as a run would, and changes nothing: no lock, no log, no chunk, no set. */
export async function serveDryRun(
  hub: HubContext,
  stream: Stream,
  request: Backup,
  key: SetKey,
): Promise<void> {
  const row = hub.catalog.latestSnapshot(key);
  const memoryIsGood = await isGoodMemory(hub, key, request.memory);
  const latest = row === undefined ? null : latestFor(row);
  await stream.send({ t: 'start', run: 'dry-run', latest, memoryIsGood });
  for (;;) {
    const incoming = await stream.next();
    if (incoming === null) break;
    if (incoming.t === '#bundle') {
      incoming.record.release();
      throw new RbError('protocol', 'A dry run sent chunks.');
    }
    if (incoming.t !== 'offer') continue;
    const { bits } = new WantWindow((id) => hub.vault.has(id)).compare(incoming);
    await stream.send({ t: 'want', seq: incoming.seq, bits });
  }
  stream.end();
}
