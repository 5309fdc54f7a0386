/** Ways into the two consoles. */

import assert from 'node:assert/strict';

import type { BrowserContext, Page } from 'playwright-core';

import type { Look, Visits } from './browser.ts';
import { PASSWORD } from './gui-stage.ts';
import type { Gui, HubConsole } from './gui-stage.ts';

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;
/** Of browsers that were let in before. */
const known = new WeakMap<HubConsole | Gui, Cookies>();

/** The hub's console, in a browser of its own that has signed in. */
export async function openHub(
  visits: Visits,
  hub: HubConsole,
  path: string = '',
  look: Look = {},
): Promise<Page> {
  const context = await visits.newBrowser(look);
  const cookies = known.get(hub);
  if (cookies !== undefined) await context.addCookies(cookies);
  else {
    const url = new URL('api/session', hub.url).href;
    const answer = await context.request.post(url, { data: { password: PASSWORD } });
    assert.equal(answer.status(), 200, await answer.text());
    known.set(hub, await context.cookies());
  }
  const page = await visits.newPage(context);
  await page.goto(new URL(path, hub.url).href);
  return page;
}

/** A client's console, in a browser that `rbbackup gui` has opened. */
export async function openGui(
  visits: Visits,
  gui: Gui,
  path: string = '',
  look: Look = {},
): Promise<Page> {
  const context = await visits.newBrowser(look);
  const page = await visits.newPage(context);
  const cookies = known.get(gui);
  if (cookies !== undefined) await context.addCookies(cookies);
  else {
    await page.goto(gui.link);
    await page.getByRole('main').waitFor();
    known.set(gui, await context.cookies());
    if (path === '') return page;
  }
  await page.goto(new URL(path, gui.url).href);
  return page;
}
