/** Requests to the console that served this page. */

import type { Failure } from '../../../src/console/api/common.ts';

/** Codes that come from the page itself, besides those of docs/spec/errors.md. */
export type PageCode = 'no-answer' | 'not-signed-in';

/** A request that failed, as the console says why. */
export class ApiError extends Error {
  readonly failure: Failure;
  /** HTTP status; 0 if nothing answered. */
  readonly status: number;

  constructor(failure: Failure, status: number) {
    super(failure.message);
    this.name = 'ApiError';
    this.failure = failure;
    this.status = status;
  }
}

/** What was thrown, as something that can be shown. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ApiError) return error.failure;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** Whether it was thrown because the caller gave up. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** An address below /api with its query; what is undefined is left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

type Sent = { readonly body?: unknown; readonly query?: Query; readonly signal?: AbortSignal };

async function send(method: string, path: string, sent: Sent): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', cache: 'no-store' };
  if (sent.signal !== undefined) init.signal = sent.signal;
  if (sent.body !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(sent.body);
  }
  try {
    return await fetch(apiUrl(path, sent.query), init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError({ code: 'no-answer', message: 'The program does not answer.' }, 0);
  }
}

async function failureOf(response: Response): Promise<Failure> {
  const fallback: Failure = {
    code: response.status === 401 ? 'not-signed-in' : 'internal',
    message: `The program answered ${response.status} ${response.statusText}`.trimEnd(),
  };
  try {
    const body = (await response.json()) as Partial<Failure> | null;
    if (typeof body?.code !== 'string' || typeof body.message !== 'string') return fallback;
    const code = response.status === 401 ? 'not-signed-in' : body.code;
    const { message, waitMs } = body;
    return { code, message, ...(typeof waitMs === 'number' && { waitMs }) };
  } catch {
    return fallback;
  }
}

let askAgain: () => void = () => {};

/** Who finds out whether this browser is still signed in, when there is reason to doubt it. */
export function whenInDoubt(ask: () => void): void {
  askAgain = ask;
}

/** There is reason to doubt that this browser is still signed in. */
export function doubtSession(): void {
  askAgain();
}

/**
 * Asks the console. The answer is what the route's schema in src/console/api says: the console checks it there.
 *
 * @throws ApiError; DOMException `AbortError` if `signal` was aborted
 */
async function call<T>(method: string, path: string, sent: Sent): Promise<T> {
  const response = await send(method, path, sent);
  if (!response.ok) {
    if (response.status === 401) doubtSession();
    throw new ApiError(await failureOf(response), response.status);
  }
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError({ code: 'no-answer', message: 'The answer broke off.' }, response.status);
  }
}

export function getJson<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return call('GET', path, { ...(query && { query }), ...(signal && { signal }) });
}
export function postJson<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  return call('POST', path, { body, ...(signal && { signal }) });
}
export function putJson<T>(path: string, body: unknown): Promise<T> {
  return call('PUT', path, { body });
}
export function deleteJson<T>(path: string, body?: unknown): Promise<T> {
  return call('DELETE', path, body === undefined ? {} : { body });
}
