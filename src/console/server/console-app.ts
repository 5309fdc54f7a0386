/** The Fastify application of a console: what both consoles have in common. */

import helmet from '@fastify/helmet';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

import { RbError, isRbError } from '../../base/errors.ts';
import { escapeText } from '../../base/names.ts';
import type { EventStreams } from './events.ts';
import { describeFault, failureOf } from './failures.ts';
import type { FailedAnswer } from './failures.ts';
import type { ConsoleOptions } from './listen.ts';
import { registerOpenApi } from './open-api.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { registerSessions } from './sessions.ts';
import { registerPages } from './static-pages.ts';

const MAX_BODY_BYTES = 1024 * 1024;
/** Names of users, machines and sets, each of 255 bytes written with %. */
const MAX_PARAMETER_CHARACTERS = 4096;
const MAX_SHOWN_CHARACTERS = 300;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a session as well. */
    public?: boolean;
  }
}

/** Where routes are registered; the schemas of `src/console/api` give requests and answers their types. */
export type ConsoleApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/**
 * An application that is ready to answer by its `routing`. It doesn't listen itself.
 *
 * @param port - where it is reached; it gives the cookie its name
 * @throws what `secretKey` and `routes` throw
 */
export async function createConsoleApp(
  options: ConsoleOptions,
  port: number,
  streams: EventStreams,
): Promise<ConsoleApp> {
  const app: ConsoleApp = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    // A HEAD of a stream of events would be one that never ends.
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MAX_PARAMETER_CHARACTERS },
    frameworkErrors: (_error, _request, reply) => {
      // Nothing of what is below has seen it.
      void reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
      answerFailure(reply, malformed(400));
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  try {
    await furnish(app, options, port, streams);
    await app.ready();
    return app;
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

async function furnish(
  app: ConsoleApp,
  options: ConsoleOptions,
  port: number,
  streams: EventStreams,
): Promise<void> {
  const { title, version, page, pages, log, sessionEpoch } = options;
  app.decorate('eventStreams', streams);
  answerFailures(app, log);
  checkRequests(app);

  await app.register(helmet, SECURITY_HEADERS);
  app.addHook('onRequest', async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
  });
  await registerSessions(app, {
    secretKey: await options.secretKey(),
    sessionEpoch,
    port,
    isTls: options.tls !== undefined,
  });
  await registerOpenApi(app, { title, version });
  await options.routes(app);

  // Else the page would be the answer.
  for (const url of ['/api', '/api/*']) {
    app.all(url, { schema: { hide: true } }, (_request, reply) => reply.callNotFound());
  }
  await registerPages(app, { page, folder: pages ?? null, log });
}

function answerFailures(app: ConsoleApp, log: (message: string) => void): void {
  app.setErrorHandler((error, request, reply) => {
    const answer = answerTo(error);
    if (answer.isFault) {
      const path = request.url.split('?', 1)[0] ?? '';
      log(`${request.method} ${escapeText(path)} failed: ${describeFault(error)}`);
    }
    answerFailure(reply, answer);
  });
  app.setNotFoundHandler((_request, reply) => {
    answerFailure(reply, failureOf(new RbError('not-found', 'There is nothing at this address.')));
  });
}

/** Fastify's own errors have a status. */
function answerTo(error: unknown): FailedAnswer {
  if (isRbError(error)) return failureOf(error);
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (typeof status !== 'number' || status < 400 || status > 499) return failureOf(error);
  if (status !== 413) return malformed(status);
  return failureOf(new RbError('too-large', 'The request is larger than 1 MiB.'));
}

function malformed(status: number): FailedAnswer {
  return {
    status,
    failure: { code: 'usage', message: 'The request is malformed.' },
    isFault: false,
  };
}

function answerFailure(reply: FastifyReply, { status, failure }: FailedAnswer): void {
  // Not by a schema of the route, which may have none for failures.
  void reply
    .code(status)
    .serializer(JSON.stringify)
    .type('application/json; charset=utf-8')
    .send(failure);
}

/** Bodies are taken as they are, only parts of the address are converted: `5` in a body is no `"5"`. */
function checkRequests(app: ConsoleApp): void {
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  app.setSchemaErrorFormatter((errors, part) => {
    const [first] = errors;
    const where = `${part}${first?.instancePath ?? ''}`;
    const what = `${where} ${first?.message ?? 'is malformed'}`.slice(0, MAX_SHOWN_CHARACTERS);
    return new RbError('usage', `The request is not as it should be: ${escapeText(what)}.`);
  });
}
