import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { chromiumOfFile } from './browser.ts';
import { openGui } from './doors.ts';
import { choose } from './steps.ts';
import { GuiStage } from './gui-stage.ts';
import type { HubConsole } from './gui-stage.ts';

const browse = chromiumOfFile();
let stage: GuiStage;
let openHub: HubConsole;
let closedHub: HubConsole;

before(async () => {
  stage = await GuiStage.open();
  openHub = await stage.hub('open-hub');
  closedHub = await stage.hub('closed-hub', { closed: true });
});
after(async () => await stage[Symbol.asyncDispose]());

const home = (page: Page) => page.getByRole('heading', { name: 'What would you like to do?' });
const connect = (page: Page) => page.getByRole('button', { name: 'Connect', exact: true });

/** The login page of somebody's new machine. */
async function newMachine(visits: Parameters<typeof openGui>[0], host: string): Promise<Page> {
  const machine = await stage.machine(host);
  const page = await openGui(visits, await machine.gui());
  await page.getByRole('heading', { name: 'Connect to your hub' }).waitFor();
  return page;
}

test(
  'an invitation code is all that it takes to log in',
  browse(async (visits) => {
    const page = await newMachine(visits, 'laptop');
    const code = await closedHub.invite('ana');
    await page.getByRole('textbox', { name: 'Invitation code' }).fill(`  ${code}\n`);
    await connect(page).click();
    await home(page).waitFor();
    await page.getByText(`ana@${closedHub.address}`).first().waitFor();
    await page.reload();
    await home(page).waitFor();
  }),
);

test(
  'an open hub lets in by name and address',
  browse(async (visits) => {
    const page = await newMachine(visits, 'tablet');
    await choose(page, 'Name and server');
    await page.getByRole('textbox', { name: 'Your name' }).fill('ben');
    await page.getByRole('textbox', { name: 'Server', exact: true }).fill(openHub.address);
    await connect(page).click();
    await home(page).waitFor();
  }),
);

test(
  'a closed port is said in words, and the form stays as it was for the next try',
  browse(async (visits) => {
    const page = await newMachine(visits, 'phone');
    await choose(page, 'Name and server');
    const name = page.getByRole('textbox', { name: 'Your name' });
    const server = page.getByRole('textbox', { name: 'Server', exact: true });
    await name.fill('cleo');
    await server.fill('127.0.0.1:9');
    visits.allow(page, /console: .*status of 5\d\d/);
    await connect(page).click();
    const alert = page.getByRole('alert');
    await alert.getByText('The connection failed').waitFor();
    await alert.getByText('127.0.0.1:9').waitFor();
    assert.equal(await name.inputValue(), 'cleo');
    assert.equal(await server.inputValue(), '127.0.0.1:9');
    await server.fill(openHub.address);
    await connect(page).click();
    await home(page).waitFor();
  }),
);

test(
  'a wrong code and a used one say why, and the form keeps the code',
  browse(async (visits) => {
    const page = await newMachine(visits, 'mini');
    visits.allow(page, /console: .*status of 4\d\d/);
    const code = page.getByRole('textbox', { name: 'Invitation code' });
    await code.fill('this-is-no-code');
    await connect(page).click();
    await page.getByRole('alert').first().waitFor();
    assert.equal(await code.inputValue(), 'this-is-no-code');

    const used = await closedHub.invite('dora');
    await (await stage.machine('dora-pc')).run('login', used);
    await code.fill(used);
    await connect(page).click();
    await page.getByRole('alert').getByText('The invitation was used already').waitFor();
    assert.equal(await code.inputValue(), used);
    assert.equal(await home(page).count(), 0);
  }),
);

test(
  'a browser that the program did not open is told how to come in',
  browse(async (visits) => {
    const gui = await (await stage.machine('kiosk')).gui();
    const page = await visits.newPage();
    await page.goto(gui.url);
    await page.getByRole('heading', { name: 'Open this page from the program' }).waitFor();
    await page.getByText('rbbackup gui').first().waitFor();
    const answer = await page.request.get(new URL('api/state', gui.url).href);
    assert.equal(answer.status(), 401);
  }),
);
