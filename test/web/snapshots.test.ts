import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { assertSameTree } from '../e2e/trees.ts';
import { chromiumOfFile } from './browser.ts';
import { backupOf, beginTask, taskIn } from './console-tasks.ts';
import { openGui, openHub } from './doors.ts';
import { GuiStage } from './gui-stage.ts';
import type { Gui, HubConsole } from './gui-stage.ts';
import { HOSTILE_NAMES, writeHostile } from './sources.ts';
import { typeFolder } from './steps.ts';

const browse = chromiumOfFile();
let stage: GuiStage;
let hub: HubConsole;
let gui: Gui;
let home: string;

/** Two snapshots: a letter, and the letter rewritten. */
before(async () => {
  stage = await GuiStage.open();
  hub = await stage.hub();
  const laptop = await stage.machine('laptop');
  ({ home } = laptop);
  await mkdir(`${home}/work/letters`, { recursive: true });
  await writeFile(`${home}/work/letters/to-ana.txt`, 'first version\n');
  await writeFile(`${home}/work/same.txt`, 'always the same\n');
  const at = ['--server', hub.address, '--name', 'ben'];
  await laptop.run('-rd', `${home}/work`, ...at);
  await writeFile(`${home}/work/letters/to-ana.txt`, 'second version, which is longer\n');
  await laptop.run('-rd', `${home}/work`, ...at);
  gui = await laptop.gui();
});
after(async () => await stage[Symbol.asyncDispose]());

test(
  'an old version of a file is found by name, downloaded and restored',
  browse(async (visits) => {
    const page = await openGui(visits, gui);
    await page.getByRole('link', { name: 'Snapshots' }).click();
    await page.getByRole('searchbox', { name: 'Name, or part of it' }).fill('TO-AN');
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByRole('button', { name: /^All versions of .*to-ana\.txt/ }).click();
    const downloads = page.getByRole('link', { name: /^Download to-ana\.txt/ });
    await downloads.nth(1).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), downloads.nth(1).click()]);
    assert.equal(download.suggestedFilename(), 'to-ana.txt');
    assert.equal(await readFile(await download.path(), 'utf8'), 'first version\n');

    await mkdir(`${home}/restored`);
    await page
      .getByRole('button', { name: /^Restore to-ana\.txt/ })
      .nth(1)
      .click();
    await typeFolder(page, `${home}/restored`);
    const dialog = page.getByRole('dialog', { name: 'Restore' });
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('Restored', { exact: true }).first().waitFor();
    assert.equal(await readFile(`${home}/restored/to-ana.txt`, 'utf8'), 'first version\n');
  }),
);

test(
  'folders are browsed, two snapshots compared, and a whole one restored',
  browse(async (visits) => {
    const page = await openGui(visits, gui, 'snapshots');
    await page.getByRole('link', { name: /work/ }).first().click();
    const moments = page.getByRole('region', { name: 'Time line' }).getByRole('listitem');
    await moments.nth(1).waitFor();
    await page.getByRole('link', { name: /^Compare with the one before/ }).click();
    const change = page.getByRole('listitem').filter({ hasText: 'to-ana.txt' });
    await change.getByText('changed').waitFor();
    assert.equal(await page.getByText('same.txt').count(), 0);

    await page.goBack();
    await moments.first().getByRole('link').first().click();
    await page.getByRole('link', { name: 'letters' }).click();
    await page
      .getByRole('button', { name: /to-ana\.txt/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Restore all' }).click();
    await mkdir(`${home}/all`);
    await typeFolder(page, `${home}/all`);
    const dialog = page.getByRole('dialog', { name: 'Restore' });
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('Restored', { exact: true }).first().waitFor();
    assertSameTree(`${home}/all`, `${home}/work`);
  }),
);

/** As the terminal shows it. */
const shown = (name: string): string =>
  name
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\u202e', '\\xe2\\x80\\xae')
    .replaceAll('\u001b', '\\x1b');

test(
  'hostile names harm nothing and are shown on every page that has them',
  browse(async (visits) => {
    writeHostile(`${home}/hostile`);
    const page = await openGui(visits, gui, '', { height: 3000 });
    const { id } = await beginTask(
      page,
      backupOf(`${home}/hostile`, { set: HOSTILE_NAMES[0] ?? '' }),
    );
    await taskIn(page, id, 'done');
    await page.goto(new URL(`/tasks/${id}`, gui.url).href);
    for (const name of HOSTILE_NAMES) await page.getByText(shown(name)).first().waitFor();
    await page.getByText('no\\xff\\xfe\\x80').first().waitFor();

    await page.goto(new URL('/snapshots', gui.url).href);
    await page
      .getByRole('link', { name: HOSTILE_NAMES[0] ?? '' })
      .first()
      .click();
    await page.getByRole('region', { name: 'Time line' }).getByRole('link').first().click();
    for (const name of HOSTILE_NAMES)
      await page.getByText(shown(name), { exact: true }).first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download no\\xff\\xfe\\x80' }).click(),
    ]);
    assert.equal(await readFile(await download.path(), 'utf8'), 'not text');

    const wide = { height: 3000 };
    for (const path of ['', 'runs', 'copies', 'log']) {
      const hubPage = await openHub(visits, hub, path, wide);
      await hubPage
        .getByText(HOSTILE_NAMES[0] ?? '')
        .first()
        .waitFor();
    }
    assert.equal(await page.locator('img').count(), 0);
  }),
);

test(
  'a folder with a hostile name is chosen in the picker and backed up',
  browse(async (visits) => {
    const page = await openGui(visits, gui, 'backup');
    await page.getByRole('button', { name: 'Choose a folder' }).click();
    const picker = page.getByRole('dialog', { name: 'Choose a folder' });
    const folders = picker.getByRole('list', { name: 'Folders in it' });
    await folders.getByRole('button', { name: 'hostile' }).click();
    await folders.getByRole('button', { name: '<img src=x onerror=alert(1)>.txt.d' }).click();
    await picker.getByText('1 file directly in it').waitFor();
    await picker.getByRole('button', { name: 'Choose this folder' }).click();
    await page.getByRole('spinbutton', { name: 'Copies' }).fill('0');
    await page.getByRole('button', { name: 'Start the backup' }).click();
    await page.getByText('Backed up').first().waitFor();
  }),
);
