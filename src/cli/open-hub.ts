import { systemClock } from '../base/clock.ts';
import { configDir } from '../client/config.ts';
import { leave, openSession } from '../client/session.ts';
import type { HubChoice, HubSession, SessionContext } from '../client/session.ts';
import { tlsTransport } from '../transport/tls.ts';
import { udpTransport } from '../transport/udp.ts';
import { textArgument } from './argument-bytes.ts';
import type { Cli } from './cli.ts';
import type { CommonOptions } from './common-options.ts';

/** What the common options say of the hub. */
export function hubChoice(options: CommonOptions): HubChoice {
  return {
    server: options.server,
    name: options.name,
    host: options.host,
    localPort: options.localPort,
    limitBytesPerSec: options.limit,
  };
}

/** What a login needs of the process. @throws usage */
export function sessionContext(
  options: CommonOptions,
  cli: Cli,
): SessionContext & { readonly configDir: string } {
  const asked =
    options.config === undefined
      ? undefined
      : textArgument(options.config, 'The configuration folder');
  return {
    transport: options.transport === 'udp' ? udpTransport : tlsTransport,
    clock: systemClock,
    configDir: configDir(asked, cli.env),
    signal: cli.signal,
  };
}

/** Logs in at the hub that the options name, or that was used last. The caller closes the connection. */
export async function openHub(options: CommonOptions, cli: Cli): Promise<HubSession> {
  return await openSession(hubChoice(options), sessionContext(options, cli));
}

/** Does one thing with a login, which ends with it, and at once when the user stops the program. */
export async function withHub<T>(
  options: CommonOptions,
  cli: Cli,
  work: (session: HubSession) => Promise<T>,
): Promise<T> {
  const session = await openHub(options, cli);
  const hangUp = (): void => session.connection.close();
  cli.signal.addEventListener('abort', hangUp);
  try {
    return await work(session);
  } finally {
    cli.signal.removeEventListener('abort', hangUp);
    await leave(session);
  }
}
