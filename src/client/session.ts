import { createPrivateKey } from 'node:crypto';
import { createRequire } from 'node:module';

import type { Clock } from '../base/clock.ts';
import { fromHex } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { SharedArena } from '../base/shared-arena.ts';
import { signReceipt } from '../model/receipt.ts';
import type { Receipt } from '../model/receipt.ts';
import { checkLabel } from '../model/snapshot.ts';
import type { Connection, Transport } from '../transport/transport.ts';
import type { Welcome } from '../wire/messages-login.ts';
import { decodeInvitation } from '../wire/invitation.ts';
import { hostLabel, knownHub, openConfig, rememberAddresses, rememberHub } from './config.ts';
import type { Config, KnownHub } from './config.ts';
import { announcedAddresses, isHubsOwnAnswer, mayHaveMoved } from './moved-hub.ts';

/** Version of the protocol that this client speaks. */
const PROTOCOL_VERSION = 1;
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
export const PROGRAM: string = `rbbackup ${version}`;

/**
 * For bundles that arrive and what is in them. Address space: as much memory is taken as is in hand at a time, which is
 * bounded by those who ask for it. What goes beyond lies in memory of its own.
 */
const ARENA_BYTES = 128 * 1024 * 1024;

/** Where a hub was before it moved may be where it is again, as at home and on the way. */
const MOST_ADDRESSES = 8;

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
  /** Signs, with this device's key, that a destination holds a copy for this hub. */
  readonly sign: (receipt: Omit<Receipt, 'hub'>) => Uint8Array;
};

/**
 * Connects and logs in: at the hub that was used last, or at the one that is named. A hub that is met for the first time
 * by address is trusted from then on (it must be an open one to let us in); one that is known must have the same key.
 * A known hub that isn't where it was, and was not asked for by address, is looked for on the local network; where it is
 * found is remembered.
 * @throws not-trusted, not-allowed, connection-lost, timeout, usage; not-found for a `fingerprint` that isn't known
 */
export async function openSession(choice: HubChoice, context: SessionContext): Promise<HubSession> {
  const config = await openConfig(context.configDir);
  const { fingerprint, name } = choice;
  if (fingerprint !== undefined && name !== undefined) {
    const known = knownHub(config.hubs, { fingerprint, name });
    const session = await findAndLogIn(known, config, choice, context);
    if (session.hub.addresses[0] !== known.addresses[0])
      await rememberAddresses(config.dir, session.hub);
    return session;
  }
  const known = hubToTry(config.hubs, choice);
  const { server } = choice;
  const session =
    server === undefined
      ? await findAndLogIn(known, config, choice, context)
      : await logIn({ ...known, addresses: [server] }, config, choice, context, null);
  await rememberHub(config.dir, session.hub);
  return session;
}

/** Logs in where a hub was, or else where somebody on the local network says that it is; whether it is shows its key. */
async function findAndLogIn(
  hub: HubToTry,
  config: Config,
  choice: HubChoice,
  context: SessionContext,
): Promise<HubSession> {
  try {
    return await logIn(hub, config, choice, context, null);
  } catch (error) {
    if (hub.fingerprint === null || !mayHaveMoved(error, hub.addresses)) throw error;
    const addresses = await announcedAddresses(hub.fingerprint, context.signal);
    if (addresses.length === 0) throw error;
    try {
      const session = await logIn({ ...hub, addresses }, config, choice, context, null);
      const { remoteAddress } = session.connection;
      const found = addresses.includes(remoteAddress) ? remoteAddress : (addresses[0] as string);
      const others = hub.addresses.filter((address) => address !== found);
      const known = [found, ...others].slice(0, MOST_ADDRESSES);
      return { ...session, hub: { ...session.hub, addresses: known } };
    } catch (second) {
      // Somebody who only says that he is the hub ends nothing that waits for it.
      throw isHubsOwnAnswer(second) ? second : error;
    }
  }
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
      sign: (receipt) =>
        signReceipt(
          { ...receipt, hub: fromHex(fingerprint) },
          createPrivateKey(config.identity.keyPem),
        ),
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
