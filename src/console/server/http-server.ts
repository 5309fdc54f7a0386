/** The sockets of a console: node:http or node:https, with an end to all patience. */

import { createServer } from 'node:http';
import type { RequestListener, Server, ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** What connections may take. */
export type HttpLimits = {
  readonly headersMs: number;
  /** The whole of a request, not of its answer. */
  readonly requestMs: number;
  /** How often the two are looked at. */
  readonly checkMs: number;
  /** Between two requests. */
  readonly keepAliveMs: number;
  /** While nothing goes either way; streams of events send a heartbeat more often. */
  readonly idleMs: number;
  readonly connections: number;
};

/** Generous for people, short for who only holds connections open. */
export const HTTP_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 5000,
  keepAliveMs: 30_000,
  idleMs: 120_000,
  connections: 512,
};

/** A path of 32 KiB in a query takes up to three times that. */
const MAX_HEADER_BYTES = 128 * 1024;
const MAX_HEADERS = 200;

/** A server that doesn't listen yet. With TLS 1.2 at least, if there is a certificate. */
export function createHttpServer(
  tls: { readonly cert: string; readonly key: string } | undefined,
  onRequest: RequestListener,
  limits: HttpLimits = HTTP_LIMITS,
): Server {
  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: limits.keepAliveMs,
    noDelay: true,
  };
  const server =
    tls === undefined
      ? createServer(options, onRequest)
      : createTlsServer(
          { ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: limits.headersMs },
          onRequest,
        );
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleMs);
  return server;
}
