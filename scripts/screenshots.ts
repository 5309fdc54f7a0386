/**
 * Makes docs/screenshots: every page of both consoles, light and dark, and some as on a telephone. What they show is real:
 * a hub, people's machines and their backups, in a temporary folder. `npm run screenshots`
 */

import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';

import type { Page } from 'playwright-core';

import { Visits, launchChromium } from '../test/web/browser.ts';
import type { Look } from '../test/web/browser.ts';
import { openGui, openHub } from '../test/web/doors.ts';
import { Scene } from './screenshots/scene.ts';
import { SHOTS } from './screenshots/shots.ts';
import type { Shot } from './screenshots/shots.ts';

const TARGET = resolve(import.meta.dirname, '../docs/screenshots');
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740, touch: true };

const browser = await launchChromium();
try {
  await rm(TARGET, { recursive: true, force: true });
  await mkdir(TARGET, { recursive: true });
  await using scene = await Scene.set();
  for (const [console, shots] of SHOTS) for (const shot of shots) await take(console, shot, scene);
} finally {
  await browser.close();
}

/** The same moment in both themes. */
async function picture(page: Page, name: string): Promise<void> {
  // Nobody's pointer or cursor stands in it.
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement?.blur?.()');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(TARGET, `${name}-${colorScheme}.png`), caret: 'hide' });
  }
  process.stdout.write(`${name}\n`);
}

async function take(console: 'hub' | 'client', shot: Shot, scene: Scene): Promise<void> {
  for (const look of shot.phone === true ? [DESK, PHONE] : [DESK]) {
    const visits = new Visits(browser);
    const name = `${console}-${shot.name}${look === PHONE ? '-phone' : ''}`;
    try {
      const page = await open(console, shot, scene, visits, look);
      await page.locator('h1').first().waitFor();
      await shot.prepare?.(page, scene);
      await page.locator('.skeleton').first().waitFor({ state: 'hidden' });
      await picture(page, name);
      visits.check();
    } catch (error) {
      throw new Error(`No screenshot of ${name}; see ${await visits.keep()}`, { cause: error });
    } finally {
      await visits.close();
    }
  }
}

async function open(
  console: 'hub' | 'client',
  shot: Shot,
  scene: Scene,
  visits: Visits,
  look: Look,
): Promise<Page> {
  if (console === 'client')
    return await openGui(visits, shot.fresh === true ? scene.newcomer : scene.gui, shot.path, look);
  if (shot.signedIn !== false) return await openHub(visits, scene.hub, shot.path, look);
  const page = await visits.newPage(look);
  await page.goto((shot.fresh === true ? scene.fresh : scene.hub).url);
  return page;
}
