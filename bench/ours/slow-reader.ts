import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { onExit } from '../measure/cleanup.ts';
import { configOf, startClient } from './client.ts';
import { startServer } from './program.ts';

const PROXY: string = join(import.meta.dirname, 'slow-proxy.ts');

/**
 * Starts a destination behind a proxy that reads slowly, and whose copy nobody waits for.
 *
 * @returns ends both
 */
export async function startSlowReader(
  state: string,
  hubPort: number,
  bytesPerSecond: number,
): Promise<() => Promise<void>> {
  const proxy = await startServer(process.execPath, [
    PROXY,
    String(hubPort),
    String(bytesPerSecond),
  ]);
  const forget = onExit(() => proxy.kill());
  const folder = join(state, 'slow-copy');
  mkdirSync(folder);
  const config = configOf(state, 'slow-copy');
  const destination = startClient(config, Number(proxy.first['port']), ['receive', folder]);
  return async () => {
    destination.stop('SIGKILL');
    await Promise.allSettled([destination.ended]);
    await proxy.stop();
    forget();
  };
}
