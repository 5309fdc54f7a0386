/** Listens for browsers. Fastify and the routes are loaded at the first request only. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import { RbError } from '../../base/errors.ts';
import { bind, hostInUrl, resolveHost } from './bind.ts';
import type { ConsoleApp } from './console-app.ts';
import { EventStreams } from './events.ts';
import { describeFault, failureOf } from './failures.ts';
import { createGuard } from './guard.ts';
import type { Guard } from './guard.ts';
import { createHttpServer } from './http-server.ts';
import { answerPlainly } from './plain-answer.ts';

/** What a console is made of. */
export type ConsoleOptions = {
  /** A name or an address of this machine. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** PEM. Needed beyond loopback. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** `web/dist/hub.html` or `client.html` is served at / and at every path that is no file and not below /api. */
  readonly page: 'hub' | 'client';
  /** 32 bytes, durable: they key the session cookie. Asked for at the first request. */
  readonly secretKey: () => Promise<Buffer>;
  /** Sessions end when this changes: the password's salt, for example. No secret, cheap, and never throws. */
  readonly sessionEpoch: () => string;
  /** For the OpenAPI description. */
  readonly title: string;
  readonly version: string;
  /**
   * Registers the routes below /api, with their full paths. Called at the first request; again at the next only if it
   * threw. Every route needs a session, unless it has `config: { public: true }`.
   */
  readonly routes: (app: ConsoleApp) => Promise<void>;
  readonly log: (message: string) => void;
  /** For heartbeats. Default: the system's. */
  readonly clock?: Clock;
  /** The folder of the built pages. Default: `web/dist` of this checkout, which is built if it is missing. */
  readonly pages?: string;
};

/** A console that listens. */
export interface ConsoleServer {
  /** What to open in a browser, with a slash at the end. */
  readonly url: string;
  readonly address: string;
  readonly port: number;
  /** Ends open streams and connections; settles within a second. May be called any number of times. */
  close(): Promise<void>;
}

/** What is under way gets this long to end by itself. */
const GRACE_MS = 500;
/** Whatever hangs then, nobody waits for it. */
const END_WITHIN_MS = 900;

/**
 * Starts to listen.
 *
 * @throws RbError `port-taken`; `not-allowed` for a port that needs rights; `usage` for an address that isn't here, or
 * one beyond loopback without `tls`; `damaged-state` for a certificate or key that can't be used
 */
export async function startConsole(options: ConsoleOptions): Promise<ConsoleServer> {
  const { host, port } = options;
  const listening = new ListeningConsole(options);
  const address = await resolveHost(host, port, options.tls !== undefined);
  await listening.listen(address, port);
  return listening;
}

class ListeningConsole implements ConsoleServer {
  readonly #options: ConsoleOptions;
  readonly #server: Server;
  readonly #streams: EventStreams;
  readonly #sockets = new Set<Socket>();
  #address = '';
  #port = 0;
  #guard: Guard | null = null;
  #app: ConsoleApp | null = null;
  #loading: Promise<ConsoleApp> | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.#streams = new EventStreams(options.clock ?? systemClock, options.log);
    try {
      this.#server = createHttpServer(options.tls, (request, response) =>
        this.#answer(request, response),
      );
    } catch (error) {
      const message = 'The certificate of the console or its key cannot be used; replace them.';
      throw new RbError('damaged-state', message, { cause: error });
    }
    // With TLS also those that never get as far as a request.
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get address(): string {
    return this.#address;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    const scheme = this.#options.tls === undefined ? 'http' : 'https';
    return `${scheme}://${hostInUrl(this.#address)}:${this.#port}/`;
  }

  async listen(address: string, port: number): Promise<void> {
    const bound = await bind(this.#server, this.#options.host, address, port);
    this.#address = bound.address;
    this.#port = bound.port;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { host, tls } = this.#options;
    this.#guard ??= createGuard({ host, address: this.#address, cert: tls?.cert ?? null });
    const refusal = this.#guard(request);
    if (refusal !== null) {
      const { status, message } = refusal;
      const code = status === 403 ? 'not-allowed' : 'usage';
      answerPlainly(request, response, status, { code, message });
    } else if (this.#app !== null) this.#app.routing(request, response);
    else void this.#answerFirst(request, response);
  }

  async #answerFirst(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const app = await this.#load();
      if (!response.destroyed) app.routing(request, response);
    } catch (error) {
      const { status, failure } = failureOf(error);
      this.#options.log(`The console could not be started: ${describeFault(error)}`);
      answerPlainly(request, response, status, failure);
    }
  }

  #load(): Promise<ConsoleApp> {
    const load = async (): Promise<ConsoleApp> => {
      const { createConsoleApp } = await import('./console-app.ts');
      this.#app = await createConsoleApp(this.#options, this.#port, this.#streams);
      return this.#app;
    };
    this.#loading ??= load().catch((error: unknown) => {
      // The next request may be luckier.
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  async #close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#streams.close();
    const grace = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, GRACE_MS);
    const unloaded = this.#loading?.then((app) => app.close()).catch(() => undefined);
    let late: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (late = setTimeout(resolve, END_WITHIN_MS)));
    await Promise.race([Promise.all([ended, unloaded]), limit]);
    clearTimeout(grace);
    clearTimeout(late);
  }
}
