/** Who may use the console: everybody who knows its one password. The first one is set on this machine. */

import type { FastifyRequest } from 'fastify';

import { RbError } from '../../base/errors.ts';
import { Done } from '../api/common.ts';
import { HubSession, NewPasswordRequest, PasswordRequest } from '../api/hub-api.ts';
import type { ConsoleApp } from '../server/console-app.ts';
import { LoginGate } from '../server/login-gate.ts';
import { checkPassword, hashPassword } from '../server/passwords.ts';
import { isSignedIn } from '../server/sessions.ts';
import type { ConsoleContext } from './console-context.ts';
import { passwordHash, setPasswordHash } from './hub-settings.ts';
import { isFromThisMachine } from './from-this-machine.ts';
import { checkNewPassword } from './new-password.ts';

const DONE = { ok: true } as const;

export function sessionRoutes(app: ConsoleApp, context: ConsoleContext): void {
  const { name, clock } = context;
  const gate = new LoginGate(clock);
  const open = { config: { public: true } };
  const login = { body: PasswordRequest, response: { 200: Done } };
  const change = { body: NewPasswordRequest, response: { 200: Done } };

  app.get('/api/session', { ...open, schema: { response: { 200: HubSession } } }, (request) => ({
    state: stateOf(request, context),
    hub: name,
  }));
  app.post('/api/setup', { ...open, schema: login }, (request) =>
    setUp(request, request.body.password, context),
  );
  app.post('/api/session', { ...open, schema: login }, (request) =>
    signIn(request, request.body.password, gate, context),
  );
  app.delete('/api/session', { schema: { response: { 200: Done } } }, (request) => {
    request.session.delete();
    return DONE;
  });
  app.put('/api/password', { schema: change }, (request) =>
    changePassword(request, request.body, gate, context),
  );
}

/** @throws RbError `not-allowed` from elsewhere, or if there is a password; `usage` */
async function setUp(
  request: FastifyRequest,
  password: string,
  context: ConsoleContext,
): Promise<Done> {
  if (!isFromThisMachine(request)) throw elsewhere();
  refuseSecond(context);
  checkNewPassword(password);
  const hash = await hashPassword(password);
  // Another page may have been faster meanwhile.
  refuseSecond(context);
  setPasswordHash(context.catalog, hash);
  request.session.set('signedIn', true);
  say(context, request, 'info', 'console-password', 'The first password of the console was set.');
  return DONE;
}

async function signIn(
  request: FastifyRequest,
  password: string,
  gate: LoginGate,
  context: ConsoleContext,
): Promise<Done> {
  await requirePassword(password, request, gate, context);
  request.session.set('signedIn', true);
  say(context, request, 'info', 'console-login', 'Somebody signed in at the console.');
  return DONE;
}

async function changePassword(
  request: FastifyRequest,
  { before, password }: NewPasswordRequest,
  gate: LoginGate,
  context: ConsoleContext,
): Promise<Done> {
  checkNewPassword(password);
  await requirePassword(before, request, gate, context);
  setPasswordHash(context.catalog, await hashPassword(password));
  // All others have ended by that; this one goes on.
  request.session.set('signedIn', true);
  say(context, request, 'info', 'console-password', 'The password of the console was changed.');
  return DONE;
}

function stateOf(request: FastifyRequest, { catalog }: ConsoleContext): HubSession['state'] {
  if (passwordHash(catalog) === undefined)
    return isFromThisMachine(request) ? 'setup' : 'setup-elsewhere';
  return isSignedIn(request) ? 'ready' : 'login';
}

/** @throws RbError `wrong-password`, `too-many-tries`, `busy`; `not-allowed` while there is none */
async function requirePassword(
  password: string,
  request: FastifyRequest,
  gate: LoginGate,
  context: ConsoleContext,
): Promise<void> {
  const hash = passwordHash(context.catalog);
  if (hash === undefined)
    throw new RbError('not-allowed', 'The console has no password yet; set one first.');
  gate.enter(request.ip);
  const isRight = await checkPassword(password, hash);
  // Checking takes a while: meanwhile it may have become another one.
  if (isRight && passwordHash(context.catalog) === hash) return gate.succeeded(request.ip);
  say(context, request, 'warn', 'console-refused', 'A wrong password was given at the console.');
  throw new RbError('wrong-password', 'This is not the password of this console; try again.');
}

function refuseSecond({ catalog }: ConsoleContext): void {
  if (passwordHash(catalog) === undefined) return;
  throw new RbError('not-allowed', 'The console has a password already; sign in with it.');
}

function elsewhere(): RbError {
  return new RbError(
    'not-allowed',
    "The first password is set on the hub's own machine: open the console there, or run `rbbackupd password DIR`.",
  );
}

function say(
  { log }: ConsoleContext,
  { ip }: FastifyRequest,
  level: 'info' | 'warn',
  event: string,
  message: string,
): void {
  log({ level, event, message, address: ip });
}
