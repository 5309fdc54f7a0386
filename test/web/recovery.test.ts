import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { chromiumOfFile } from './browser.ts';
import { backupOf, beginTask, taskIn } from './console-tasks.ts';
import { openGui, openHub } from './doors.ts';
import { GuiStage } from './gui-stage.ts';
import { writeDocuments } from './sources.ts';
import { keepCopies } from './steps.ts';

const browse = chromiumOfFile();
let stage: GuiStage;

before(async () => {
  stage = await GuiStage.open();
});
after(async () => await stage[Symbol.asyncDispose]());

/** The other side is taken away under the page: that is what these tests are about. */
const WITHOUT_ANSWER =
  /net::ERR_(?:CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|NETWORK_IO_SUSPENDED)/;
const lost = (page: Page) => page.getByText('The program does not answer; trying again');

test(
  'a hub that is killed and started again is missed and found by both open pages',
  browse(async (visits) => {
    const hub = await stage.hub();
    const laptop = await stage.machine('laptop');
    const attic = await stage.machine('attic');
    await mkdir(`${attic.home}/copies`);
    writeDocuments(`${laptop.home}/documents`);
    const page = await openGui(visits, await attic.guiAt(hub, 'ana'));
    await keepCopies(page, `${attic.home}/copies`, 'attic');
    const hubPage = await openHub(visits, hub, 'clients');
    await hubPage.getByRole('row', { name: /attic/ }).waitFor();
    visits.allow(hubPage, WITHOUT_ANSWER);

    await hub.program.kill();
    await lost(hubPage).waitFor();
    await page.getByText('The hub cannot be reached now').waitFor();
    await hub.start();
    await lost(hubPage).waitFor({ state: 'hidden' });
    await page.getByText('The hub cannot be reached now').waitFor({ state: 'hidden' });
    await page.getByText('Connected and waiting').first().waitFor();
    await hubPage.getByRole('row', { name: /attic/ }).waitFor();

    // Not only does it look well: a backup made now is seen on both pages, which nobody touched.
    await laptop.run(
      '-rd',
      `${laptop.home}/documents`,
      '--server',
      hub.address,
      '--name',
      'ana',
      '--copies',
      '1',
    );
    await page.getByText('verified').first().waitFor();
    await hubPage.getByRole('link', { name: 'Copies' }).first().click();
    await hubPage
      .getByRole('row', { name: /documents/ })
      .getByText('1 of 1 copy')
      .waitFor();
  }),
);

test(
  'a client program that is killed and started again is missed and found by its open page',
  browse(async (visits) => {
    const hub = await stage.hub('second');
    const machine = await stage.machine('office');
    await mkdir(`${machine.home}/copies`);
    writeDocuments(`${machine.home}/documents`);
    const gui = await machine.guiAt(hub, 'ben');
    const page = await openGui(visits, gui);
    await keepCopies(page, `${machine.home}/copies`, 'office');
    visits.allow(page, WITHOUT_ANSWER);

    await gui.program.kill();
    await lost(page).waitFor();
    await gui.start();
    await lost(page).waitFor({ state: 'hidden' });
    await page.goto(gui.url);
    // What it kept copies in, it keeps copies in again.
    await page
      .getByRole('link', { name: /copies/ })
      .filter({ hasText: 'Connected and waiting' })
      .waitFor();
    const { id } = await beginTask(page, backupOf(`${machine.home}/documents`, { copies: 1 }));
    await taskIn(page, id, 'done');
    await page.getByText('copies verified: 1 of 1').first().waitFor();
  }),
);
