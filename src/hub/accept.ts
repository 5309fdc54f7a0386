import { RbError, toRbError } from '../base/errors.ts';
import { escapeName, escapeText } from '../base/names.ts';
import type { Visitor } from '../catalog/people.ts';
import { checkLabel } from '../model/snapshot.ts';
import type { Connection } from '../transport/transport.ts';
import type { Hello } from '../wire/messages-login.ts';
import { WIRE_VERSION } from '../wire/wire-limits.ts';
import type { Door } from './door.ts';
import { PROGRAM } from './hub-context.ts';
import type { HubContext } from './hub-context.ts';
import { Client } from './register.ts';
import { serveStream } from './session.ts';

/**
 * A connection from its first byte to its last. Who isn't let in is told why, by a GOAWAY, and the log says who it was
 * and from where. Never rejects.
 */
export async function accept(hub: HubContext, door: Door, connection: Connection): Promise<void> {
  let hello: Hello | null = null;
  let client: Client;
  try {
    hello = await readHello(connection);
    client = logIn(hub, door, connection, hello);
  } catch (thrown) {
    const error = toRbError(thrown);
    logRefusal(hub, connection, hello, error);
    connection.close(error);
    return;
  }
  connection.onStream((stream, first) => void serveStream(hub, client, stream, first));
  const { user, rights, duty } = client.login;
  const welcome = connection.control.send({
    t: 'welcome',
    version: WIRE_VERSION,
    program: PROGRAM,
    hub: hub.name,
    user,
    rights,
    duty,
    open: hub.isOpen,
    timeMs: hub.clock.nowMs(),
  });
  welcome.catch(() => undefined);
  connection.markLoggedIn();
  hub.register.add(client);
  logVisit(hub, client, 'login', `It is here as '${escapeName(client.login.device)}'.`);
  const reason = await connection.closed;
  hub.register.remove(client);
  logVisit(hub, client, 'logout', reason === null ? 'It has left.' : escapeText(reason.message));
}

async function readHello(connection: Connection): Promise<Hello> {
  const incoming = await connection.control.next();
  if (incoming === null || incoming.t !== 'hello') {
    throw new RbError('protocol', 'A connection must begin with "hello".');
  }
  if (incoming.version !== WIRE_VERSION) {
    throw new RbError(
      'unsupported',
      `This hub speaks version ${WIRE_VERSION} of the protocol, the client version ${incoming.version}: bring both to the same release.`,
    );
  }
  return incoming;
}

/** @throws RbError `not-trusted`, `not-allowed`, `invitation-used`, `invitation-expired`, `name-refused`, `busy`, `limit-reached` */
function logIn(hub: HubContext, door: Door, connection: Connection, hello: Hello): Client {
  if (door.closing !== null) throw door.closing;
  checkLabel('user', hello.user);
  checkLabel('host', hello.host);
  const { name, rights, duty } = visitorOf(hub, connection.peerFingerprint, hello);
  const nowMs = hub.clock.nowMs();
  hub.catalog.touchDevice(connection.peerFingerprint, nowMs);
  const { host, device } = hello;
  hub.limits.enter(name, connection);
  const login = { user: name, rights, duty, host, device };
  return new Client(login, door, connection, nowMs);
}

function visitorOf(hub: HubContext, fingerprint: string, hello: Hello): Visitor {
  const { catalog, clock } = hub;
  const login = { fingerprint, label: hello.device, nowMs: clock.nowMs() };
  if (hello.invite !== undefined) return catalog.redeemInvitation(hello.invite, login);
  const known = catalog.userOfDevice(fingerprint);
  if (known !== undefined && known.name === hello.user) return known;
  if (hub.isOpen) return catalog.openLogin(hello.user, login);
  if (known === undefined) {
    throw new RbError(
      'not-trusted',
      'This hub does not know this device: ask for an invitation and use it with "rbbackup login".',
    );
  }
  throw new RbError(
    'not-allowed',
    `This device belongs to another user than ${JSON.stringify(hello.user)}: leave out --name, or accept an invitation for that name.`,
  );
}

function logRefusal(
  hub: HubContext,
  connection: Connection,
  hello: Hello | null,
  error: RbError,
): void {
  const who = hello === null ? '' : `${escapeName(hello.user)} at ${escapeName(hello.device)}: `;
  hub.log({
    level: 'warn',
    event: 'refused',
    address: connection.remoteAddress,
    code: error.code,
    message: `${who}${escapeText(error.message)}`,
  });
}

function logVisit(hub: HubContext, client: Client, event: string, message: string): void {
  hub.log({
    level: 'info',
    event,
    message,
    address: client.connection.remoteAddress,
    user: escapeName(client.login.user),
  });
}
