/** A hub in this process with its console on a real socket, and browsers that keep their cookie. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { systemClock } from '../../../src/base/clock.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { openSqliteCatalog } from '../../../src/catalog/sqlite/sqlite-catalog.ts';
import { EventLog } from '../../../src/console/hub/event-log.ts';
import { startHubConsole } from '../../../src/console/hub/hub-console.ts';
import type { HubConsoleOptions } from '../../../src/console/hub/hub-console.ts';
import type { ConsoleServer } from '../../../src/console/server/listen.ts';
import { identityNumber, startLab } from '../../hub/lab.ts';
import type { Lab } from '../../hub/lab.ts';
import { tempFolder } from '../../vault/temp-folder.ts';
import { ask } from '../server/console-fixture.ts';
import type { AskOptions } from '../server/console-fixture.ts';

export const PASSWORD = 'correct horse battery';

export type ConsoleLab = {
  readonly lab: Lab;
  readonly server: ConsoleServer;
  readonly events: EventLog;
  readonly moves: (object | null)[];
  /** Where the catalog lies. */
  readonly directory: string;
  readonly options: HubConsoleOptions;
  /** One that has set the first password, or given it. */
  readonly signedIn: () => Promise<Browser>;
};

export type LabChoice = {
  readonly open?: boolean;
  /** Of the console alone. */
  readonly clock?: Clock;
  readonly problem?: string;
  readonly listen?: null;
};

export async function startConsoleLab(t: TestContext, choice: LabChoice = {}): Promise<ConsoleLab> {
  const directory = tempFolder();
  const pages = join(directory, 'pages');
  mkdirSync(pages);
  writeFileSync(join(pages, 'hub.html'), '<!doctype html><title>hub</title>');
  const catalog = await openSqliteCatalog(join(directory, 'catalog.db'));
  const events = new EventLog(systemClock);
  const moves: (object | null)[] = [];
  const { open = true, clock = systemClock, problem = null } = choice;
  const more = choice.listen === null ? { listen: null } : {};
  const lab = await startLab(t, { catalog, open, ...more });
  const { hub, vault } = lab;
  const options: HubConsoleOptions = {
    at: { host: '127.0.0.1', port: 0 },
    hub,
    catalog,
    vault,
    identity: await identityNumber(0),
    directory,
    name: 'lab',
    events,
    log: (event) => events.add(event),
    clock,
    pages,
    chosen: { host: '127.0.0.1', port: hub.port },
    problem,
    onMoved: (now) => moves.push(now),
  };
  const server = await startHubConsole(options);
  t.after(async () => {
    await server.close();
    catalog.close();
  });
  return {
    lab,
    server,
    events,
    moves,
    directory,
    options,
    signedIn: async () => {
      const browser = new Browser(server);
      const { state } = (await browser.get('/api/session')).json as { state: string };
      const path = state === 'setup' ? '/api/setup' : '/api/session';
      const { status, text } = await browser.post(path, { password: PASSWORD });
      if (status !== 200) throw new Error(`signing in answered ${status} ${text}`);
      return browser;
    },
  };
}

export type Answered = { readonly status: number; readonly json: unknown; readonly text: string };

/** Keeps the cookie it is given. */
export class Browser {
  readonly server: ConsoleServer;
  cookie: string | undefined;

  constructor(server: ConsoleServer, cookie?: string) {
    this.server = server;
    this.cookie = cookie;
  }

  get(path: string, headers: AskOptions['headers'] = {}): Promise<Answered> {
    return this.ask('GET', path, undefined, headers);
  }
  post(path: string, body: object, headers: AskOptions['headers'] = {}): Promise<Answered> {
    return this.ask('POST', path, body, headers);
  }
  put(path: string, body: object): Promise<Answered> {
    return this.ask('PUT', path, body);
  }
  delete(path: string): Promise<Answered> {
    return this.ask('DELETE', path);
  }

  async ask(
    method: string,
    path: string,
    body?: object,
    headers: AskOptions['headers'] = {},
  ): Promise<Answered> {
    const answer = await ask(this.server, path, {
      method,
      headers: headers ?? {},
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
    });
    const [cookie] = answer.headers['set-cookie'] ?? [];
    if (cookie !== undefined) this.cookie = cookie.split(';', 1)[0];
    const isJson = answer.headers['content-type']?.startsWith('application/json') === true;
    const { status, text } = answer;
    return { status, text, json: isJson ? JSON.parse(text) : null };
  }

  /** Its answer, which must be a good one, as what the caller knows it to be. */
  // eslint-disable-next-line typescript/no-unnecessary-type-parameters -- it names the answer's shape
  async read<T>(path: string): Promise<T> {
    const { status, json, text } = await this.get(path);
    if (status !== 200) throw new Error(`${path} answered ${status} ${text}`);
    return json as T;
  }

  /** Follows the events named `state`. */
  watch(): Watch {
    return new Watch(this.server, this.cookie ?? '');
  }
}

/** A page that is open: the newest state, and whether the stream still goes on. */
export class Watch {
  states: unknown[] = [];
  isOver = false;
  readonly close: () => void;

  constructor({ address, port }: ConsoleServer, cookie: string) {
    let waiting = '';
    const headers = { cookie };
    const sent = request({ host: address, port, path: '/api/events', headers, agent: false });
    sent.on('response', (answer) => {
      answer.setEncoding('utf8').on('data', (text: string) => {
        const events = (waiting + text).split('\n\n');
        waiting = events.pop() ?? '';
        for (const event of events) {
          const data = /^event: state\ndata: (.*)$/s.exec(event)?.[1];
          if (data !== undefined) this.states.push(JSON.parse(data));
        }
      });
      answer.on('close', () => {
        this.isOver = true;
      });
    });
    sent.on('error', () => {
      this.isOver = true;
    });
    sent.end();
    this.close = () => sent.destroy();
  }
}
