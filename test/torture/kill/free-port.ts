import { once } from 'node:events';
import { createServer } from 'node:net';

import { randomFrom } from '../../rebuild/random-tree.ts';

/** Below those that the system gives out by itself, so that it is free still when the hub comes back. */
export async function freePort(seed: number): Promise<number> {
  const random = randomFrom(seed);
  for (;;) {
    const port = 12_000 + random(18_000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    return port;
  }
}
