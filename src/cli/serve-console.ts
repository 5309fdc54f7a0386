import { isRbError } from '../base/errors.ts';
import type { RbError } from '../base/errors.ts';
import type { HubConsoleOptions } from '../console/hub/hub-console.ts';
import type { ListenAt } from '../console/hub/hub-settings.ts';
import type { ConsoleServer } from '../console/server/listen.ts';
import { DEFAULT_CONSOLE } from './serve-options.ts';

/** What came of the console: at most one of the two. */
export type OpenedConsole = {
  readonly server: ConsoleServer | null;
  /** Why there is none, though one was wanted. */
  readonly problem: RbError | null;
};

/**
 * Starts the console, where it was asked for or at its default. There it may be missing: another hub of this machine, or
 * anything else, has the port, and this hub goes on without.
 *
 * @throws RbError what `startHubConsole` throws, but for `port-taken` at the default
 */
export async function openConsole(
  asked: ListenAt | 'off' | undefined,
  options: Omit<HubConsoleOptions, 'at'>,
): Promise<OpenedConsole> {
  if (asked === 'off') return { server: null, problem: null };
  const { startHubConsole } = await import('../console/hub/hub-console.ts');
  try {
    const server = await startHubConsole({ ...options, at: asked ?? DEFAULT_CONSOLE });
    return { server, problem: null };
  } catch (error) {
    if (asked === undefined && isRbError(error, 'port-taken'))
      return { server: null, problem: error };
    throw error;
  }
}
