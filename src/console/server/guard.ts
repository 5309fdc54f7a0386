/**
 * Looks at every request before anything else does: it must be meant for this console, and come from its own page.
 * Against DNS rebinding (https://github.com/w3c/webappsec-fetch-metadata, OWASP Cross-Site Request Forgery Prevention).
 */

import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Why a request is refused: a status and a sentence. */
export type Refusal = { readonly status: 400 | 403 | 415; readonly message: string };

/** What this console is reached by. */
export type Door = {
  /** As asked for, and as bound. */
  readonly host: string;
  readonly address: string;
  /** PEM, if it is reached by TLS. */
  readonly cert: string | null;
};

/** Asks of each request; null lets it in. */
export type Guard = (request: IncomingMessage) => Refusal | null;

/** Makes the guard of a console. */
export function createGuard(door: Door): Guard {
  const isOwnName = ownNames(door);
  const scheme = door.cert === null ? 'http' : 'https';
  return (request) => {
    const host = onlyHost(request);
    const name = host === null ? null : hostnameOf(host);
    if (host === null || name === null || !isOwnName(name)) {
      return refused('This console does not go by that name; open it by its address.');
    }
    // A proxy's form of a request: nothing that a browser would send here.
    if (request.url?.startsWith('/') !== true) {
      return { status: 400, message: 'The request is malformed.' };
    }
    const { origin } = request.headers;
    if (origin !== undefined && origin.toLowerCase() !== `${scheme}://${host}`) {
      return refused('Requests of other sites are refused.');
    }
    return refusedSite(request) ?? refusedBody(request);
  };
}

/** The Host header in lower case, unless there is none or more than one. */
function onlyHost({ headersDistinct }: IncomingMessage): string | null {
  const hosts = headersDistinct['host'];
  return hosts?.length === 1 ? (hosts[0]?.toLowerCase() ?? null) : null;
}

/** The name of NAME, NAME:PORT, [ADDRESS] or [ADDRESS]:PORT, without brackets. */
function hostnameOf(host: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/?#@\s]+))(?::\d{1,5})?$/.exec(host);
  return match?.[1] ?? match?.[2] ?? null;
}

/**
 * By an address, no foreign name can lead here; and the names a certificate was made for are its owner's. Without TLS the
 * console listens on loopback alone.
 */
function ownNames({ host, address, cert }: Door): (name: string) => boolean {
  const names = new Set(['localhost', '127.0.0.1', '::1', host.toLowerCase(), address]);
  if (cert === null) return (name) => names.has(name);
  const machine = hostname().toLowerCase();
  const [label = machine] = machine.split('.', 1);
  for (const name of [machine, label, `${label}.local`]) names.add(name);
  const certificate = new X509Certificate(cert);
  return (name) => names.has(name) || isIP(name) !== 0 || certificate.checkHost(name) !== undefined;
}

/** By what browsers say of where a request comes from; what is no browser says nothing, and has no cookie to misuse. */
function refusedSite({ headers, method, url }: IncomingMessage): Refusal | null {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return null;
  const isNavigation =
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    isPagePath(url ?? '');
  return isNavigation ? null : refused('Requests of other sites are refused.');
}

/** Whether a link of another site may lead there; in doubt, as with a path written with %, it may not. */
function isPagePath(url: string): boolean {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return /^\/[\w./-]*$/.test(path) && !/^\/+(?:api|assets)(?:\/|$)/i.test(path);
}

/** A form of another site can send bodies of three types without asking; JSON is none of them. */
function refusedBody({ headers }: IncomingMessage): Refusal | null {
  const length = headers['content-length'];
  const hasBody = headers['transfer-encoding'] !== undefined || (length ?? '0') !== '0';
  const type = headers['content-type'];
  if (!hasBody && type === undefined) return null;
  if (type !== undefined && /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    return null;
  }
  return { status: 415, message: 'The body of a request must be application/json.' };
}

function refused(message: string): Refusal {
  return { status: 403, message };
}
