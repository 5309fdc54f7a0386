import { createRequire } from 'node:module';

import type { Clock } from '../base/clock.ts';
import { RbError } from '../base/errors.ts';
import { SharedArena } from '../base/shared-arena.ts';
import { checkLabel } from '../model/snapshot.ts';
import type { Connection, Transport } from '../transport/transport.ts';
import type { Welcome } from '../wire/messages-login.ts';
import { decodeInvitation } from '../wire/invitation.ts';
import { hostLabel, knownHub, openConfig, rememberHub } from './config.ts';
import type { Config, KnownHub } from './config.ts';

/** Version of the protocol that this client speaks. */
const PROTOCOL_VERSION = 1;
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
export const PROGRAM: string = `rbbackup ${version}`;

/**
 * For bundles that arrive and what is in them. Address space: as much memory is taken as is in hand at a time, which is
 * bounded by those who ask for it. What goes beyond lies in memory of its own.
 */
const ARENA_BYTES = 128 * 1024 * 1024;

/** A hub that doesn't answer any more keeps nobody longer than this. */
const GOODBYE_MS = 1000;

/** What a user says of the hub and of himself; all of it may be left out after a login. */
export type HubChoice = {
  /** HOST:PORT */
  readonly server?: string | undefined;
  readonly name?: string | undefined;
  /** One of the known hubs, by its key and `name`. Which was used last stays as it is. */
  readonly fingerprint?: string | undefined;
  /** This machine's name in sets; default: its host name. */
  readonly host?: string | undefined;
  readonly localPort?: number | undefined;
  readonly limitBytesPerSec?: number | undefined;
};

export type SessionContext = {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly configDir: string;
  /** Of who has several sessions: what they hold at a time lies in memory that they share. Default: one of the session's. */
  readonly arena?: SharedArena;
  readonly signal?: AbortSignal;
};

/** A login at a hub. */
export type HubSession = {
  readonly connection: Connection;
  /** Where the bundles lie that the connection receives. */
  readonly arena: SharedArena;
  readonly welcome: Welcome;
  readonly hub: KnownHub;
  /** The host part of this machine's sets. */
  readonly host: string;
};

/**
 * Connects and logs in: at the hub that was used last, or at the one that is named. A hub that is met for the first time
 * by address is trusted from then on (it must be an open one to let us in); one that is known must have the same key.
 * @throws not-trusted, not-allowed, connection-lost, timeout, usage; not-found for a `fingerprint` that isn't known
 */
export async function openSession(choice: HubChoice, context: SessionContext): Promise<HubSession> {
  const config = await openConfig(context.configDir);
  const { fingerprint, name } = choice;
  if (fingerprint !== undefined && name !== undefined) {
    const hub = knownHub(config.hubs, { fingerprint, name });
    return await logIn(hub, config, choice, context, null);
  }
  const known = hubToTry(config.hubs, choice);
  const addresses = choice.server === undefined ? known.addresses : [choice.server];
  const session = await logIn({ ...known, addresses }, config, choice, context, null);
  await rememberHub(config.dir, session.hub);
  return session;
}

/**
 * Accepts an invitation: the code holds the hub's addresses and key, the user's name and a secret for one use.
 * @throws usage for a code with a typing error; invitation-used, invitation-expired, not-trusted, connection-lost
 */
export async function acceptInvitation(
  code: string,
  choice: HubChoice,
  context: SessionContext,
): Promise<HubSession> {
  const { addresses, fingerprint, name, secret } = decodeInvitation(code);
  const config = await openConfig(context.configDir);
  const hub = { addresses, fingerprint: Buffer.from(fingerprint).toString('hex'), name };
  const session = await logIn(hub, config, choice, context, secret);
  await rememberHub(config.dir, session.hub);
  return session;
}

type HubToTry = {
  readonly addresses: readonly string[];
  readonly fingerprint: string | null;
  readonly name: string;
};

function hubToTry(hubs: readonly KnownHub[], choice: HubChoice): HubToTry {
  const { server, name } = choice;
  const fitting = hubs.filter(
    (hub) =>
      (server === undefined || hub.addresses.includes(server)) &&
      (name === undefined || hub.name === name),
  );
  const known = fitting[0];
  if (known !== undefined) return known;
  if (server === undefined) {
    const whom = name === undefined ? 'any hub' : `any hub as ${name}`;
    throw new RbError(
      'usage',
      `This device isn't logged in at ${whom}. Use \`rbbackup login CODE\`, or --server HOST:PORT --name NAME for an open hub.`,
    );
  }
  if (name === undefined)
    throw new RbError('usage', `Say who you are at ${server} with --name NAME.`);
  checkLabel('user', name);
  // The same hub under another user's name: its key is known all the same.
  const fingerprint = hubs.find((hub) => hub.addresses.includes(server))?.fingerprint ?? null;
  return { addresses: [server], fingerprint, name };
}

async function logIn(
  hub: HubToTry,
  config: Config,
  choice: HubChoice,
  context: SessionContext,
  secret: Uint8Array | null,
): Promise<HubSession> {
  const host = hostLabel(choice.host);
  const arena = context.arena ?? new SharedArena(ARENA_BYTES);
  const connection = await context.transport.connect({
    identity: config.identity,
    clock: context.clock,
    arena,
    addresses: hub.addresses,
    expectedFingerprint: hub.fingerprint,
    ...(choice.localPort === undefined ? {} : { localPort: choice.localPort }),
    ...(choice.limitBytesPerSec === undefined ? {} : { limitBytesPerSec: choice.limitBytesPerSec }),
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  try {
    const welcome = await greet(connection, hub.name, host, secret);
    connection.markLoggedIn();
    const fingerprint = connection.peerFingerprint;
    return {
      connection,
      arena,
      welcome,
      host,
      hub: { addresses: [...hub.addresses], fingerprint, name: welcome.user },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Ends a login so that the hub sees it leave, not vanish. */
export async function leave({ connection }: HubSession): Promise<void> {
  connection.close();
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, GOODBYE_MS);
  await Promise.race([connection.closed, late.promise]);
  clearTimeout(timer);
}

async function greet(
  connection: Connection,
  user: string,
  host: string,
  secret: Uint8Array | null,
): Promise<Welcome> {
  const invite = secret === null ? {} : { invite: secret };
  await connection.control.send({
    t: 'hello',
    version: PROTOCOL_VERSION,
    program: PROGRAM,
    user,
    host,
    device: host,
    ...invite,
  });
  const answer = await connection.control.next();
  if (answer === null || answer.t !== 'welcome')
    throw new RbError('protocol', 'The hub answered the login with something else.');
  return answer;
}
