/** Who has signed in: an encrypted cookie; the server keeps nothing of it. */

import secureSession from '@fastify/secure-session';
import type { FastifyRequest } from 'fastify';

import { RbError } from '../../base/errors.ts';
import type { ConsoleApp } from './console-app.ts';

const SESSION_SECONDS = 7 * 24 * 60 * 60;

declare module '@fastify/secure-session' {
  interface SessionData {
    /** Set by the routes: `request.session.set('signedIn', true)`; `request.session.delete()` signs out. */
    signedIn: boolean;
    /** Set here, with `signedIn`: what `sessionEpoch` said then. */
    epoch: string;
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    sessionEpoch: () => string;
  }
}

export type SessionOptions = {
  readonly secretKey: Buffer;
  readonly sessionEpoch: () => string;
  readonly port: number;
  readonly isTls: boolean;
};

/**
 * Lets nobody without a session reach any route, known or not, that isn't public. Sessions end after seven days, and
 * when the epoch changes.
 */
export async function registerSessions(app: ConsoleApp, options: SessionOptions): Promise<void> {
  const { secretKey, sessionEpoch, port, isTls } = options;
  app.decorate('sessionEpoch', sessionEpoch);

  // Before the cookie is made: hooks run in the order of their registration.
  app.addHook('onSend', async (request) => {
    // There is none yet where a request failed before it was looked at.
    const session = request.session as FastifyRequest['session'] | null;
    if (session?.changed === true && session.get('signedIn') === true) {
      session.set('epoch', sessionEpoch());
    }
  });

  await app.register(secureSession, {
    key: secretKey,
    expiry: SESSION_SECONDS,
    // Cookies know no ports: each console of a machine needs a name of its own.
    cookieName: isTls ? `__Host-rbbackup-${port}` : `rbbackup-${port}`,
    cookie: {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: isTls,
      maxAge: SESSION_SECONDS,
    },
  });

  app.addHook('onRequest', async (request) => {
    const { session } = request;
    if (session.get('signedIn') === true && session.get('epoch') !== sessionEpoch()) {
      // What a session said when the password was another one counts no more, on public routes either.
      request.session = app.createSecureSession({});
    }
    if (request.routeOptions.config.public === true || isSignedIn(request)) return;
    throw new RbError('not-signed-in', 'Sign in first: there is no session, or it has ended.');
  });
}

/** Whether a request comes from a session; of use on public routes, as others are reached by nobody else. */
export function isSignedIn(request: Pick<FastifyRequest, 'session'>): boolean {
  return request.session.get('signedIn') === true;
}
