/**
 * Who may reach which route of the two consoles. The test asks each of them; one that is registered without a row here
 * fails it.
 */

/** In the order of the columns. */
export const CALLERS = [
  /** The console's own page, in a browser that has signed in. */
  'signed in',
  /** A browser, or anything else, without a cookie. */
  'no session',
  /** With the cookie of a session that is over. */
  'ended session',
  /** A page of another site, in a browser that has signed in here and says what site asks, */
  'other site',
  /** or only where the page came from, as older ones do when they post. */
  'other origin',
  /** By a name that leads here but isn't the console's, in a browser that has signed in: DNS rebinding. */
  'other host',
] as const;
export type Caller = (typeof CALLERS)[number];

/** The route as it is registered, what is asked (the route itself if left out), its body, and a status for each caller. */
export type ApiRow = {
  readonly route: string;
  readonly asked?: string;
  readonly body?: object;
  readonly answers: readonly [number, number, number, number, number, number];
};

/** Needs a session. @param status for who has one */
const closed = (
  status: number,
  route: string,
  more: Omit<ApiRow, 'route' | 'answers'> = {},
): ApiRow => ({ route, ...more, answers: [status, 401, 401, 403, 403, 403] });

/** Answers without one too, the same. */
const open = (
  status: number,
  route: string,
  more: Omit<ApiRow, 'route' | 'answers'> = {},
): ApiRow => ({ route, ...more, answers: [status, status, status, 403, 403, 403] });

const ID = '0'.repeat(64);
const SHORT_ID = '0'.repeat(32);

/** What both have. @param page - the status of the page, which is built or is not */
const common = (page: number): readonly ApiRow[] => [
  open(page, 'GET /*', { asked: '/' }),
  open(page, 'HEAD /*', { asked: '/' }),
  open(404, 'GET /assets/*', { asked: '/assets/none.js' }),
  open(404, 'HEAD /assets/*', { asked: '/assets/none.js' }),
  open(200, 'GET /api/session'),
  closed(404, '* /api', { asked: '/api' }),
  closed(404, '* /api/*', { asked: '/api/none' }),
  closed(200, 'GET /api/openapi.json'),
  closed(200, 'GET /api/state'),
  closed(200, 'GET /api/events'),
];

/** Of the hub's console. What changes something comes last. */
export const HUB_ROUTES: readonly ApiRow[] = [
  ...common(200),
  closed(200, 'GET /api/clients'),
  closed(200, 'GET /api/log'),
  closed(200, 'GET /api/copies'),
  closed(200, 'GET /api/vault'),
  closed(200, 'GET /api/check'),
  closed(200, 'POST /api/check'),
  closed(200, 'DELETE /api/check'),
  closed(200, 'GET /api/snapshots'),
  closed(404, 'GET /api/snapshots/:id', { asked: `/api/snapshots/${ID}` }),
  closed(200, 'GET /api/held'),
  closed(404, 'POST /api/snapshots/:id/release', { asked: `/api/snapshots/${ID}/release` }),
  closed(200, 'GET /api/invitations'),
  closed(200, 'GET /api/users'),
  closed(200, 'POST /api/invitations', {
    body: { user: 'eva', rights: null, validMs: 60_000, addresses: ['127.0.0.1:1'] },
  }),
  closed(404, 'DELETE /api/invitations/:id', { asked: `/api/invitations/${SHORT_ID}` }),
  closed(404, 'PUT /api/users/:name', { asked: '/api/users/zoe', body: { rights: 'admin' } }),
  closed(404, 'PUT /api/users/:name/limits', {
    asked: '/api/users/zoe/limits',
    body: { storedBytes: null, sets: 3, connections: null, bytesPerSecond: null },
  }),
  closed(404, 'PUT /api/devices/:fingerprint', {
    asked: `/api/devices/${ID}`,
    body: { duty: 'all' },
  }),
  closed(404, 'DELETE /api/users/:name', { asked: '/api/users/zoe' }),
  closed(404, 'DELETE /api/devices/:fingerprint', { asked: `/api/devices/${ID}` }),
  // There is a password, and it isn't this one.
  open(403, 'POST /api/setup', { body: { password: 'a password of theirs' } }),
  open(403, 'POST /api/session', { body: { password: 'wrong' } }),
  closed(403, 'PUT /api/password', { body: { before: 'wrong', password: 'a password of theirs' } }),
  closed(200, 'DELETE /api/listening'),
  closed(200, 'PUT /api/listening', { body: { host: '127.0.0.1', port: 0 } }),
  closed(200, 'DELETE /api/session'),
];

/** Of the client's. It knows no hub here, so that questions to one have no answer but that. */
export const CLIENT_ROUTES: readonly ApiRow[] = [
  ...common(503),
  // Leads to the page, with a session or without: a key is good once.
  open(303, 'GET /open', { asked: '/open?key=guessed' }),
  // Asks for a secret of the configuration folder, which no browser has; with a session as well.
  { route: 'POST /api/open-key', answers: [401, 401, 401, 403, 403, 403] },
  closed(400, 'POST /api/login', { body: { code: 'rbb1-none' } }),
  closed(404, 'POST /api/hubs/current', { body: { fingerprint: ID, name: 'mal' } }),
  closed(404, 'DELETE /api/hubs', { body: { fingerprint: ID, name: 'mal' } }),
  closed(200, 'GET /api/nearby'),
  closed(200, 'GET /api/disk'),
  closed(403, 'POST /api/disk/folder', { body: { parent: { path: '/nowhere' }, name: '..' } }),
  closed(400, 'POST /api/tasks', {
    body: { kind: 'receive', folder: { path: 'no absolute path' }, set: null },
  }),
  closed(404, 'POST /api/tasks/:id/cancel', { asked: '/api/tasks/none/cancel' }),
  closed(404, 'POST /api/tasks/:id/again', { asked: '/api/tasks/none/again' }),
  closed(404, 'DELETE /api/tasks/:id', { asked: '/api/tasks/none' }),
  closed(404, 'GET /api/tasks/:id/files', { asked: '/api/tasks/none/files' }),
  closed(400, 'GET /api/sets'),
  closed(400, 'GET /api/snapshots', { asked: '/api/snapshots?user=a&host=b&set=c' }),
  closed(400, 'GET /api/snapshots/:id/folder', { asked: `/api/snapshots/${ID}/folder` }),
  closed(400, 'GET /api/snapshots/:id/diff/:other', { asked: `/api/snapshots/${ID}/diff/${ID}` }),
  closed(400, 'GET /api/snapshots/:id/file', { asked: `/api/snapshots/${ID}/file?path=a` }),
  closed(400, 'GET /api/find', { asked: `/api/find?snapshot=${ID}&pattern=a` }),
];
