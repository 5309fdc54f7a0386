/** Answers without Fastify: to requests that are refused at the door, or come while there are no routes. */

import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Failure } from '../api/common.ts';
import { PLAIN_HEADERS } from './security-headers.ts';

/** Says why, in JSON below /api and else as text, and hangs up: the body, if there is one, is not wanted. */
export function answerPlainly(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  failure: Failure,
): void {
  const isApi = request.url?.startsWith('/api') === true;
  const text = isApi ? JSON.stringify(failure) : `${failure.message}\n`;
  response.writeHead(status, {
    ...PLAIN_HEADERS,
    'content-type': isApi ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  response.end(text);
}
