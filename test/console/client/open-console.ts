/** A client's console on loopback, with a hub in the same process, and a page that speaks to it over HTTP. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { systemClock } from '../../../src/base/clock.ts';
import type { Clock } from '../../../src/base/clock.ts';
import type { ClientState, Task, TaskRequest } from '../../../src/console/api/client-api.ts';
import { startClientConsole } from '../../../src/console/client/client-console.ts';
import type { ClientConsole } from '../../../src/console/client/client-console.ts';
import { tlsTransport } from '../../../src/transport/tls.ts';
import { tempFolder } from '../../vault/temp-folder.ts';

/** No test that passes comes near it. */
const LONGEST_MS = 60_000;

export type Opened = {
  readonly console: ClientConsole;
  readonly page: Page;
  readonly configDir: string;
  readonly log: string[];
};

export type OpenOptions = {
  readonly configDir?: string;
  readonly clock?: Clock;
  readonly host?: string;
};

export async function openConsole(t: TestContext, options: OpenOptions = {}): Promise<Opened> {
  const configDir = options.configDir ?? join(tempFolder(), 'config');
  const log: string[] = [];
  const console = await startClientConsole({
    configDir,
    transport: tlsTransport,
    clock: options.clock ?? systemClock,
    random: () => 0.5,
    host: options.host ?? 'here',
    listen: { host: '127.0.0.1', port: 0 },
    limitBytesPerSec: undefined,
    localPort: undefined,
    log: (message) => log.push(message),
    pages: tempFolder(),
  });
  assert(console !== null, 'another console runs');
  t.after(async () => await console.close());
  return { console, page: await Page.open(console.keyUrl()), configDir, log };
}

export type Answer<T> = { readonly status: number; readonly body: T };

/** What a browser does, without one. */
export class Page {
  readonly url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.url = url;
    this.#cookie = cookie;
  }

  /** Follows an address with a key. */
  static async open(keyUrl: string): Promise<Page> {
    const answer = await fetch(keyUrl, { redirect: 'manual' });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), '/');
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0];
    return new Page(new URL('/', keyUrl).href, cookie ?? '');
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const answer = await fetch(new URL(path, this.url), {
      method,
      headers: {
        cookie: this.#cookie,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  /** The same, where anything but success is a failure of the test. */
  async get<T>(path: string): Promise<T> {
    return good(await this.ask<T>('GET', path));
  }

  async post<T>(path: string, body: unknown = {}): Promise<T> {
    return good(await this.ask<T>('POST', path, body));
  }

  async logIn(port: number, name: string): Promise<void> {
    await this.post('/api/login', { server: `127.0.0.1:${port}`, name });
  }

  async begin(request: TaskRequest): Promise<Task> {
    return await this.post<Task>('/api/tasks', request);
  }

  async task(id: string): Promise<Task> {
    const { tasks } = await this.get<ClientState>('/api/state');
    const task = tasks.find((other) => other.id === id);
    assert(task !== undefined, 'the task is not on the list');
    return task;
  }

  /** Looks at a task until it is as wanted. */
  async until(id: string, isSo: (task: Task) => boolean, what: string): Promise<Task> {
    const endMs = performance.now() + LONGEST_MS;
    for (;;) {
      const task = await this.task(id);
      if (isSo(task)) return task;
      if (performance.now() > endMs)
        throw new Error(`never came: ${what}\n${JSON.stringify(task, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async ended(id: string): Promise<Task> {
    return await this.until(id, ({ endedMs }) => endedMs !== null, 'the end of the task');
  }
}

function good<T>({ status, body }: Answer<T>): T {
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

export function backupOf(
  path: string,
  more: Partial<Extract<TaskRequest, { kind: 'backup' }>> = {},
): TaskRequest {
  return {
    kind: 'backup',
    source: { path },
    copies: 0,
    exclude: [],
    recursive: true,
    delete: true,
    dryRun: false,
    waitMs: null,
    ...more,
  };
}

export function receiveInto(
  path: string,
  more: Partial<Extract<TaskRequest, { kind: 'receive' }>> = {},
): TaskRequest {
  return { kind: 'receive', folder: { path }, set: null, ...more };
}
