import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { chromiumOfFile } from './browser.ts';
import { openGui } from './doors.ts';
import { GuiStage } from './gui-stage.ts';
import type { HubConsole } from './gui-stage.ts';
import { writeDocuments } from './sources.ts';
import { typeFolder } from './steps.ts';
import { until } from './until.ts';

const MOST_STOPS = 80;
const browse = chromiumOfFile();
let stage: GuiStage;
let hub: HubConsole;

before(async () => {
  stage = await GuiStage.open();
  hub = await stage.hub();
});
after(async () => await stage[Symbol.asyncDispose]());

/** What has the focus: its name, and whether one sees that it has it. */
const FOCUSED = `(() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return { name: '', isSeen: true };
  const label = focused.getAttribute('aria-label') ?? focused.labels?.[0]?.innerText ?? focused.innerText;
  const seen = [focused, focused.closest('label')].some((element) => {
    if (!element) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  });
  return { name: label.trim(), isSeen: seen };
})()`;

async function focused(page: Page): Promise<{ name: string; isSeen: boolean }> {
  return (await page.evaluate(FOCUSED)) as { name: string; isSeen: boolean };
}

/** Tabs on to what begins so; whatever has the focus on the way must show it. */
async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    assert(now.isSeen, `nothing shows that "${now.name}" has the focus`);
    if (now.name.startsWith(name)) return;
    seen.push(now.name);
  }
  assert.fail(`the Tab key never came to "${name}", only to ${JSON.stringify(seen)}`);
}

test(
  'a backup with a verified copy is made by the keyboard alone',
  browse(async (visits) => {
    const laptop = await stage.machine('laptop');
    writeDocuments(`${laptop.home}/documents`);
    await mkdir(`${laptop.home}/apples`);
    await (await stage.machine('attic')).receive(hub, 'ana');
    const page = await openGui(visits, await laptop.guiAt(hub, 'ana'));
    await page.getByRole('heading', { level: 1 }).waitFor();

    await tabTo(page, 'Skip to the content');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Back up a folder');
    await page.keyboard.press('Enter');
    // The new page's heading has the focus, and begins the order.
    const now = async (): Promise<string> => (await focused(page)).name;
    await page.waitForURL(/\/backup$/);
    await until('the focus on the heading', now, (name) => name === 'Back up a folder');
    await tabTo(page, 'Choose a folder');
    await page.keyboard.press('Enter');
    const picker = page.getByRole('dialog', { name: 'Choose a folder' });
    await picker.getByRole('button', { name: 'apples' }).waitFor();

    // Within the list by a letter, into the folder by Enter: the focus stays in the list.
    await until('the focus in the list', now, (name) => ['apples', 'Up one folder'].includes(name));
    await page.keyboard.press('d');
    await until('the folder of that letter', now, (name) => name === 'documents');
    await page.keyboard.press('Enter');
    await picker.getByRole('button', { name: 'src' }).waitFor();
    const rows = ['docs', 'src', 'Up one folder'];
    await until('the focus in the new list', now, (name) => rows.includes(name));
    await tabTo(page, 'Choose this folder');
    await page.keyboard.press('Enter');
    await picker.waitFor({ state: 'hidden' });
    await until('the focus where it was', now, (name) => name === 'Change');

    await tabTo(page, 'Copies');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, 'Start the backup');
    await page.keyboard.press('Enter');
    await page.getByText('copies verified: 1 of 1').first().waitFor();
  }),
);

test(
  'Esc closes a window, gives the focus back, and keeps the form',
  browse(async (visits) => {
    const page = await openGui(
      visits,
      await (await stage.machine('desk')).guiAt(hub, 'ben'),
      'backup',
    );
    await page.getByRole('textbox', { name: 'Name of the backup' }).fill('a name');
    await page.getByRole('button', { name: 'Choose a folder' }).click();
    const picker = page.getByRole('dialog', { name: 'Choose a folder' });
    await picker.waitFor();
    await page.keyboard.press('Escape');
    await picker.waitFor({ state: 'hidden' });
    assert.equal((await focused(page)).name, 'Choose a folder');
    const name = page.getByRole('textbox', { name: 'Name of the backup' });
    assert.equal(await name.inputValue(), 'a name');
  }),
);

test(
  'choosing another folder by its path begins nothing',
  browse(async (visits) => {
    const shelf = await stage.machine('shelf');
    await mkdir(`${shelf.home}/one`);
    await mkdir(`${shelf.home}/two`);
    const page = await openGui(visits, await shelf.guiAt(hub, 'cleo'), 'backup');
    await typeFolder(page, `${shelf.home}/one`);
    await typeFolder(page, `${shelf.home}/two`, 'Change');
    assert.match(page.url(), /\/backup$/);
    const answer = await page.request.get(new URL('/api/state', page.url()).href);
    assert.deepEqual(((await answer.json()) as { tasks: unknown[] }).tasks, []);
  }),
);
