import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { chromiumOfFile } from './browser.ts';
import { backupOf, beginTask, taskIn } from './console-tasks.ts';
import { Crowd } from './crowd.ts';
import { openGui, openHub } from './doors.ts';
import { GuiStage } from './gui-stage.ts';
import type { HubConsole } from './gui-stage.ts';
import { meter } from './page-size.ts';
import { writeMany } from './sources.ts';
import { until } from './until.ts';

const FILES = 100_000;
const CLIENTS = 1000;
const ROUNDS = 3;
const SCREENS = 10;
/** More than the lists in sight take, far less than a row for each would. */
const MOST_NODES = 1500;
const MOST_GROWTH_BYTES = 4 * 1024 * 1024;
const browse = chromiumOfFile();
let stage: GuiStage;
let hub: HubConsole;

before(async () => {
  stage = await GuiStage.open();
  hub = await stage.hub();
});
after(async () => await stage[Symbol.asyncDispose]());

test(
  'a list of 100,000 copied files is scrolled from end to end and filtered in constant room',
  browse(async (visits) => {
    const laptop = await stage.machine('laptop');
    writeMany(`${laptop.home}/many`, FILES);
    const gui = await laptop.guiAt(hub, 'ana');
    const page = await openGui(visits, gui);
    const { id } = await beginTask(page, backupOf(`${laptop.home}/many`));
    await page.goto(new URL(`/tasks/${id}`, gui.url).href);
    await page.getByRole('heading', { name: /many/ }).waitFor();
    const measure = await meter(page);
    const empty = await measure();
    await taskIn(page, id, 'done');
    const list = page.getByRole('region', { name: /copied/i });
    await list.getByText('file-000000.txt').waitFor();
    // The page may be a moment behind.
    await page.getByText('100,000', { exact: true }).first().waitFor();
    const listed = await measure();
    assert(listed.nodes < MOST_NODES, `${listed.nodes} elements`);

    const row = (number: string) => list.getByText(`file-${number}.txt`);
    for (let round = 0; round < ROUNDS; round++) {
      await list.press('End');
      await row('099999').waitFor();
      for (let screen = 0; screen < SCREENS; screen++) await list.press('PageUp');
      await row('099999').waitFor({ state: 'hidden' });
      await list.press('Home');
      await row('000000').waitFor();
    }
    await page.getByRole('textbox', { name: 'Filter by part of the path' }).fill('file-0777');
    await list.getByText('file-077700.txt').waitFor();
    const end = await measure();
    assert(end.nodes < MOST_NODES, `${end.nodes} elements`);
    const grownBytes = end.heapBytes - empty.heapBytes;
    assert(grownBytes < MOST_GROWTH_BYTES, `the heap grew by ${grownBytes} bytes`);
  }),
);

test(
  '1,000 clients come, are found, and go, in constant room',
  browse(async (visits) => {
    const page = await openHub(visits, hub, 'clients');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const measure = await meter(page);
    using crowd = await Crowd.connect(hub.address, CLIENTS);
    const table = page.getByRole('table', { name: 'Clients' });
    const rows = async (): Promise<number> => Number(await table.getAttribute('aria-rowcount'));
    await until('all of them', rows, (count) => count > CLIENTS);
    const full = await measure();
    assert(full.nodes < MOST_NODES, `${full.nodes} elements`);
    const filter = page.getByRole('searchbox', { name: /^Filter by name/ });
    await filter.fill('user-0777');
    await table.getByText('user-0777@machine-0777').waitFor();
    await filter.fill('');

    // They come and go while somebody looks on.
    for (let round = 0; round < 3; round++) {
      using more = await Crowd.connect(hub.address, 100);
      await until('some more', rows, (count) => count > CLIENTS + 100);
      more.keepOnly(0);
      await until('those gone', rows, (count) => count <= CLIENTS + 2);
    }
    const end = await measure();
    assert(end.nodes < MOST_NODES, `${end.nodes} elements`);
    const grownBytes = end.heapBytes - full.heapBytes;
    assert(grownBytes < MOST_GROWTH_BYTES, `the heap grew by ${grownBytes} bytes`);
    crowd.keepOnly(1);
    await until('nearly nobody', rows, (count) => count <= 4);
  }),
);
