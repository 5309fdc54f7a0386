import assert from 'node:assert/strict';
import { access, mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { assertSameTree } from '../e2e/trees.ts';
import { chromiumOfFile } from './browser.ts';
import { openGui, openHub } from './doors.ts';
import { GuiStage } from './gui-stage.ts';
import type { HubConsole } from './gui-stage.ts';
import { writeDocuments, writeFilm } from './sources.ts';
import { backUp, keepCopies, watchBar } from './steps.ts';

const MIB = 1024 * 1024;
const browse = chromiumOfFile();
let stage: GuiStage;
let hub: HubConsole;

before(async () => {
  stage = await GuiStage.open();
  hub = await stage.hub();
});
after(async () => await stage[Symbol.asyncDispose]());

test(
  'a backup goes from clicking to three verified copies, and both consoles show it',
  browse(async (visits) => {
    const laptop = await stage.machine('laptop');
    const source = stage.path('film');
    writeFilm(source, 32, MIB);
    writeDocuments(`${source}/notes`);
    const attic = await stage.machine('attic');
    await attic.receive(hub, 'ana');

    const gui = await laptop.guiAt(hub, 'ana');
    const page = await openGui(visits, gui);
    await backUp(page, { folder: source, copies: 3, limit: '2' });
    await page.getByText('1 of 3 destinations connected').first().waitFor();
    await page.getByText('attic').first().waitFor();

    // The second is one that was asked for in a browser as well.
    const office = await stage.machine('office');
    const officePage = await openGui(visits, await office.guiAt(hub, 'ana'));
    await mkdir(`${office.home}/copies`);
    await keepCopies(officePage, `${office.home}/copies`, 'office');
    await page.getByText('2 of 3 destinations connected').first().waitFor();
    const hubPage = await openHub(visits, hub, 'runs');
    await hubPage.getByText('2 of 3 destinations connected').first().waitFor();
    const cellar = await stage.machine('cellar');
    await cellar.receive(hub, 'ana');

    await Promise.all([
      watchBar(page.getByRole('progressbar', { name: 'Backup of film' }), 3),
      page.getByRole('progressbar', { name: 'Current file' }).waitFor(),
      page
        .getByText(/part-0\d\d\.mov/)
        .first()
        .waitFor(),
      watchBar(hubPage.getByRole('progressbar').first(), 3),
      hubPage
        .getByText(/part-0\d\d\.mov/)
        .first()
        .waitFor(),
      officePage.getByText('receiving').first().waitFor(),
    ]);

    // It goes on without the page, and a page that is opened anew shows where it is.
    const address = page.url();
    await page.close();
    const again = await openGui(visits, gui);
    await again.getByRole('link', { name: 'Backup of film' }).click();
    assert.equal(again.url(), address);
    await watchBar(again.getByRole('progressbar', { name: 'Backup of film' }), 2);

    await again.getByText('copies verified: 3 of 3').first().waitFor();
    await again.getByText('Backed up').first().waitFor();
    for (const name of ['attic', 'office', 'cellar'])
      await again.getByRole('listitem').filter({ hasText: name }).getByText('verified').waitFor();
    await officePage.getByText('verified').first().waitFor();

    const files = again.getByRole('region', { name: /copied/i });
    await files.getByText('notes/', { exact: false }).first().waitFor();
    await again.getByRole('textbox', { name: 'Filter by part of the path' }).fill('part-00');
    await again.getByText('part-007.mov').first().waitFor();
    await files.getByText('notes/', { exact: false }).first().waitFor({ state: 'hidden' });
    for (const { home } of [attic, office, cellar])
      assertSameTree(`${home}/copies/ana@laptop/film`, source);
  }),
);

test(
  'a destination that is killed is shown as gone, and the backup can be cancelled and begun again',
  browse(async (visits) => {
    const desk = await stage.machine('desk');
    const source = stage.path('series');
    writeFilm(source, 8, MIB);
    const shelf = await (await stage.machine('shelf')).receive(hub, 'ben');
    await (await stage.machine('drawer')).receive(hub, 'ben');
    const page = await openGui(visits, await desk.guiAt(hub, 'ben'));
    await backUp(page, { folder: source, copies: 2, limit: '1' });
    const line = page.getByRole('listitem').filter({ hasText: 'shelf' });
    await line.getByText('receiving').waitFor();
    await shelf.kill();
    await line.getByText('gone').waitFor();

    await page.getByRole('button', { name: 'Cancel' }).click();
    const sure = page.getByRole('dialog', { name: 'Cancel this?' });
    await sure.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    await assert.rejects(
      access(`${stage.path('homes', 'shelf')}/copies/ben@desk/series/part-007.mov`),
    );

    await page.getByRole('button', { name: 'Begin again' }).click();
    await page.getByText('1 of 2 destinations connected').first().waitFor();
  }),
);
