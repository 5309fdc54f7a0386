/** Whether the vault is whole: the last check, the reading in the background, what is lacking, and a check from here. */

import { lastCheck } from '../../catalog/last-check.ts';
import { scrubState } from '../../catalog/scrub-state.ts';
import { Done } from '../api/common.ts';
import { VaultCare } from '../api/care-api.ts';
import type { ConsoleApp } from '../server/console-app.ts';
import type { ConsoleContext } from './console-context.ts';
import type { OwnCheck } from './own-check.ts';

const DONE = { ok: true } as const;

export function careRoutes(app: ConsoleApp, context: ConsoleContext, check: OwnCheck): void {
  const { log } = context;
  app.get('/api/check', { schema: { response: { 200: VaultCare } } }, () => care(context, check));
  app.post('/api/check', { schema: { response: { 200: Done } } }, ({ ip }) => {
    check.start();
    const message = 'A check of the vault was begun at the console.';
    log({ level: 'info', event: 'check-begun', message, address: ip });
    return DONE;
  });
  app.delete('/api/check', { schema: { response: { 200: Done } } }, () => {
    check.stop();
    return DONE;
  });
}

function care({ catalog, hub, vault }: ConsoleContext, check: OwnCheck): VaultCare {
  const scrub = scrubState(catalog);
  const { isHealing, isChecking } = hub.care;
  return {
    lastCheck: lastCheck(catalog),
    scrub: scrub === null ? null : scrubLine(scrub, vault.stats().storedBytes),
    lackingChunks: catalog.lackingCount(),
    isHealing,
    isChecking,
    progress: check.progress,
    outcome: check.outcome,
  };
}

function scrubLine(
  { startedMs, endedMs, doneBytes, damagedRecords }: NonNullable<ReturnType<typeof scrubState>>,
  totalBytes: number,
): NonNullable<VaultCare['scrub']> {
  return { startedMs, endedMs, doneBytes, totalBytes, damagedRecords };
}
