import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { CommandResult, RunningCommand } from '../measure/timed-command.ts';
import { startCommand } from '../measure/timed-command.ts';
import { RBBACKUP } from './program.ts';

/** The user at whose name all clients of the bench log in. */
export const USER = 'bench';
/** The name of the origin's machine in sets. */
export const HOST = 'origin';

/**
 * Starts `rbbackup` as a client of the bench's hub.
 *
 * @param config - its configuration folder; a client of its own for each
 * @param env - beside the bench's own
 */
export function startClient(
  config: string,
  port: number,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningCommand {
  mkdirSync(config, { recursive: true });
  const common = ['--server', `127.0.0.1:${port}`, '--name', USER, '--host', HOST];
  return startCommand(RBBACKUP, [...parameters, ...common, '--config', config, '--json'], { env });
}

/** Logs a client in, outside of all figures: it makes its key and comes to know the hub. */
export function logIn(config: string, port: number): Promise<CommandResult> {
  return startClient(config, port, ['login']).ended;
}

/** The configuration folder of a client whose state is kept in `state`. */
export function configOf(state: string, client: string): string {
  return join(state, `config-${client}`);
}
