import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK_ADDRESS = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Whether whoever asks sits at this machine: the connection comes from it, and the browser believes to talk to it. A proxy
 * on this machine passes on what others say, so what came through one counts as from elsewhere.
 */
export function isFromThisMachine(request: {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}): boolean {
  const { host = '', 'x-forwarded-for': forwardedFor, forwarded, via } = request.headers;
  const isPassedOn = [forwardedFor, forwarded, via].some((header) => header !== undefined);
  const isNear = LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? '');
  return isNear && LOOPBACK_HOST.test(host) && !isPassedOn;
}
