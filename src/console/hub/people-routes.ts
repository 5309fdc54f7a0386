/** Invitations, users with their rights, devices. */

import { Type } from 'typebox';

import { RbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import type { Device } from '../../catalog/people.ts';
import { invitationId } from '../../catalog/invitation-id.ts';
import { decodeInvitation } from '../../wire/invitation.ts';
import { Done } from '../api/common.ts';
import {
  DutyRequest,
  Invitations,
  InviteRequest,
  NewInvitation,
  RightsRequest,
  UserLimits,
  Users,
} from '../api/hub-api.ts';
import type { Invitation, User } from '../api/hub-api.ts';
import type { ConsoleApp } from '../server/console-app.ts';
import type { ConsoleContext } from './console-context.ts';
import { makeInvitation } from './make-invitation.ts';

const DONE = { ok: true } as const;
const ById = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{32}$' }) });
const ByName = Type.Object({ name: Type.String({ minLength: 1, maxLength: 255 }) });
const ByFingerprint = Type.Object({ fingerprint: Type.String({ pattern: '^[0-9a-f]{64}$' }) });

export function invitationRoutes(app: ConsoleApp, context: ConsoleContext): void {
  const { catalog, clock, log } = context;

  app.get('/api/invitations', { schema: { response: { 200: Invitations } } }, () => ({
    invitations: [...catalog.invitations(clock.nowMs())],
  }));

  app.post(
    '/api/invitations',
    { schema: { body: InviteRequest, response: { 200: NewInvitation } } },
    ({ body, ip }) => {
      const made = invite(context, body);
      const message = `An invitation for ${escapeName(body.user)} was made at the console.`;
      log({ level: 'info', event: 'invited', message, address: ip });
      return made;
    },
  );

  app.delete(
    '/api/invitations/:id',
    { schema: { params: ById, response: { 200: Done } } },
    ({ params }) => {
      catalog.withdrawInvitation(params.id);
      return DONE;
    },
  );
}

function invite({ catalog, clock, hub }: ConsoleContext, body: InviteRequest): NewInvitation {
  const { user, rights, duty = 'add', validMs, addresses } = body;
  const nowMs = clock.nowMs();
  const expiresMs = nowMs + validMs;
  const wish = { user, rights, duty, nowMs, expiresMs, addresses };
  const made = makeInvitation(catalog, hub.fingerprint, wish);
  const id = invitationId(decodeInvitation(made.code).secret);
  const invitation: Invitation = { id, user, rights, duty, expiresMs, usedMs: null };
  return { invitation, code: made.code, addresses: [...made.addresses] };
}

export function userRoutes(app: ConsoleApp, { catalog, log }: ConsoleContext): void {
  const note = (message: string, address: string): void =>
    log({ level: 'info', event: 'users-changed', message, address });

  app.get('/api/users', { schema: { response: { 200: Users } } }, () => {
    const devices = Map.groupBy(catalog.devices(), ({ user }) => user);
    const users = catalog.users().map((user): User => ({
      ...user,
      limits: catalog.limitsOf(user.name),
      storedBytes: catalog.storedBytesOf(user.name),
      devices: (devices.get(user.name) ?? []).map(deviceLine),
    }));
    return { users };
  });

  app.put(
    '/api/users/:name',
    { schema: { params: ByName, body: RightsRequest, response: { 200: Done } } },
    ({ params: { name }, body: { rights }, ip }) => {
      catalog.setRights(name, rights);
      note(`${escapeName(name)} has the rights of ${rights} now.`, ip);
      return DONE;
    },
  );

  app.delete(
    '/api/users/:name',
    { schema: { params: ByName, response: { 200: Done } } },
    ({ params: { name }, ip }) => {
      catalog.removeUser(name);
      note(`${escapeName(name)} and its devices are let in no more.`, ip);
      return DONE;
    },
  );

  app.put(
    '/api/users/:name/limits',
    { schema: { params: ByName, body: UserLimits, response: { 200: Done } } },
    ({ params: { name }, body, ip }) => {
      if (catalog.user(name) === undefined)
        throw new RbError('not-found', `There is no user '${escapeName(name)}'.`);
      catalog.setLimits(name, body);
      note(`${escapeName(name)} has other limits now.`, ip);
      return DONE;
    },
  );

  app.put(
    '/api/devices/:fingerprint',
    { schema: { params: ByFingerprint, body: DutyRequest, response: { 200: Done } } },
    ({ params: { fingerprint }, body: { duty }, ip }) => {
      catalog.setDuty(fingerprint, duty);
      note(`The device ${fingerprint.slice(0, 16)} has the duty ${duty} now.`, ip);
      return DONE;
    },
  );

  app.delete(
    '/api/devices/:fingerprint',
    { schema: { params: ByFingerprint, response: { 200: Done } } },
    ({ params: { fingerprint }, ip }) => {
      catalog.removeDevice(fingerprint);
      note(`The device ${fingerprint.slice(0, 16)} is let in no more.`, ip);
      return DONE;
    },
  );
}

function deviceLine(device: Device): User['devices'][number] {
  const { fingerprint, label, paired, duty, createdMs, lastSeenMs } = device;
  return { fingerprint, label, paired, duty, createdMs, lastSeenMs };
}
