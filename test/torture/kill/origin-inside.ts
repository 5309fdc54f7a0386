/** An origin that nobody kills: in the harness itself, which spares the start of a program. */

import { systemClock } from '../../../src/base/clock.ts';
import { isRbError } from '../../../src/base/errors.ts';
import { hex } from '../../../src/base/bytes.ts';
import { backup } from '../../../src/client/backup/backup.ts';
import { leave, openSession } from '../../../src/client/session.ts';
import { tlsTransport } from '../../../src/transport/tls.ts';
import type { World } from './world.ts';

/**
 * Backs the world's tree up; the world remembers what it was promised.
 * @param copies that must be verified
 * @returns false if the hub went away before the end
 * @throws what else went wrong
 */
export async function backUpInside(world: World, copies: number): Promise<boolean> {
  const context = {
    transport: tlsTransport,
    clock: systemClock,
    configDir: world.path('config'),
    arena: world.books.arena,
  };
  try {
    const session = await openSession(
      { server: world.hubAddress, name: 'ana', host: 'host-ana' },
      context,
    );
    try {
      const request = {
        source: Buffer.from(world.tree.root),
        what: 'tree' as const,
        set: 'work',
        recursive: true,
        delete: true,
        copies,
        waitMs: null,
        exclude: [],
        dryRun: false,
        listFiles: false,
      };
      const result = await backup(request, {
        session,
        configDir: context.configDir,
        pool: world.books.readers,
        clock: systemClock,
        onEvent: (event) => {
          if (event.t === 'committed') world.promised(hex(event.snapshot));
        },
        signal: new AbortController().signal,
      });
      return result.hasCopies;
    } finally {
      await leave(session);
    }
  } catch (error) {
    if (isRbError(error, 'connection-lost')) return false;
    throw error;
  }
}
