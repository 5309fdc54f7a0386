import type { Timer } from '../base/clock.ts';
import { toRbError } from '../base/errors.ts';
import type { HubContext } from './hub-context.ts';

/** A commit must not wait for a second durable change, nor many small ones cost one each. */
const NOTE_AFTER_MS = 5000;

/**
 * Notes in the catalog how large the vault is: now, five seconds after a commit, and at the end. What fails is logged and
 * does no harm.
 *
 * @returns ends it
 */
export function noteVaultGrowth(hub: HubContext): () => void {
  let noted = '';
  let timer: Timer | null = null;
  const note = (): void => {
    timer = null;
    const { storedBytes, plainBytes } = hub.vault.stats();
    const now = `${storedBytes} ${plainBytes}`;
    if (now === noted) return;
    try {
      hub.catalog.recordVaultSize(hub.clock.nowMs(), storedBytes, plainBytes);
      noted = now;
    } catch (error) {
      const { code, message } = toRbError(error);
      hub.log({ level: 'warn', event: 'size-not-noted', code, message });
      return;
    }
    hub.history.notify();
  };
  note();
  const off = hub.history.on(() => {
    timer ??= hub.clock.setTimeout(note, NOTE_AFTER_MS);
  });
  return () => {
    off();
    timer?.cancel();
    note();
  };
}
