/** A real Chromium for the tests of one file, and the pages that a test opens in it. */

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after } from 'node:test';

import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { unpackedChromium } from './chromium.ts';
import { PageWatch } from './page-watch.ts';

/** None of @sparticuz/chromium's own: they switch off the web's security and run all in one process. */
const ARGUMENTS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** No test depends on how fast things are: whatever takes longer is broken. */
export const DEADLINE_MS = 60_000;
const WIDE = 1440;
const HIGH = 900;

export type Look = {
  readonly locale?: 'en-US' | 'es-ES';
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly touch?: boolean;
  /** Asks for movement; without it pages hold still. */
  readonly motion?: boolean;
};

export async function launchChromium(): Promise<Browser> {
  const { executablePath, env } = unpackedChromium();
  return await chromium.launch({
    executablePath,
    args: [...ARGUMENTS],
    env: { ...process.env, ...env },
    timeout: DEADLINE_MS,
  });
}

/** The pages of one test. What goes wrong in any of them fails it. */
export class Visits {
  readonly #browser: Browser;
  readonly #open: { page: Page; watch: PageWatch }[] = [];
  readonly #contexts: BrowserContext[] = [];
  readonly #used: AsyncDisposable[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** What the pages need until they are closed: a stage of this test alone. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#used.push(resource);
    return resource;
  }

  /** A browser with no cookies, as on a machine of its own. */
  async newBrowser(look: Look = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      locale: look.locale ?? 'en-US',
      timezoneId: 'Europe/Madrid',
      colorScheme: look.scheme ?? 'light',
      reducedMotion: look.motion === true ? 'no-preference' : 'reduce',
      viewport: { width: look.width ?? WIDE, height: look.height ?? HIGH },
      hasTouch: look.touch ?? false,
      acceptDownloads: true,
    });
    context.setDefaultTimeout(DEADLINE_MS);
    this.#contexts.push(context);
    return context;
  }

  /** A watched page, in a browser of its own unless one is given. */
  async newPage(at: Look | BrowserContext = {}): Promise<Page> {
    const context = 'newPage' in at ? at : await this.newBrowser(at);
    const page = await context.newPage();
    this.#open.push({ page, watch: await PageWatch.on(page) });
    return page;
  }

  /** See {@link PageWatch.allow}; of one page. */
  allow(page: Page, ...problems: readonly RegExp[]): void {
    this.#open.find((opened) => opened.page === page)?.watch.allow(...problems);
  }

  /** @throws what went wrong in the pages though nobody waited for it */
  check(): void {
    const problems = this.#open.flatMap(({ watch }) => watch.unexpected());
    if (problems.length > 0) throw new Error(`The pages complained:\n${problems.join('\n')}`);
  }

  /** Keeps what the pages show now. @returns the folder */
  async keep(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'rbbackup-web-failure-'));
    for (const [index, { page, watch }] of this.#open.entries()) {
      if (page.isClosed()) continue;
      const name = join(dir, `page-${index + 1}`);
      await writeFile(`${name}.txt`, [page.url(), ...watch.unexpected()].join('\n'));
      await page.screenshot({ path: `${name}.png`, timeout: 10_000 }).catch(() => {});
      await page
        .content()
        .then(async (html) => await writeFile(`${name}.html`, html))
        .catch(() => {});
    }
    return dir;
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    for (const resource of this.#used.toReversed()) await resource[Symbol.asyncDispose]();
  }
}

/** Makes the function of a test of what people do in a browser. */
export type Browse = (steps: (visits: Visits) => Promise<void>) => () => Promise<void>;

/** Call once at the head of a test file: its tests share one Chromium, each with browsers of its own in it. */
export function chromiumOfFile(): Browse {
  let launched: Promise<Browser> | undefined;
  after(async () => {
    await (await launched)?.close();
  });
  return (steps) => async () => {
    launched ??= launchChromium();
    const visits = new Visits(await launched);
    try {
      await steps(visits);
      visits.check();
    } catch (error) {
      throw withFolder(error, await visits.keep());
    } finally {
      await visits.close();
    }
  };
}

function withFolder(error: unknown, dir: string): Error {
  const failure = error instanceof Error ? error : new Error(String(error));
  failure.stack = `${failure.stack ?? failure.message}\n    What the pages showed is in ${dir}`;
  return failure;
}
