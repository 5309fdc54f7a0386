import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { chromiumOfFile } from './browser.ts';
import { openHub } from './doors.ts';
import { GuiStage, PASSWORD } from './gui-stage.ts';
import type { HubConsole } from './gui-stage.ts';
import { choose } from './steps.ts';
import { until } from './until.ts';

const browse = chromiumOfFile();
let stage: GuiStage;
let hub: HubConsole;

before(async () => {
  stage = await GuiStage.open();
  hub = await stage.hub();
});
after(async () => await stage[Symbol.asyncDispose]());

const press = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('button', { name, exact: true }).click();
const signIn = async (page: Page, password: string): Promise<void> => {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await press(page, 'Sign in');
};

test(
  'the first start asks for a password; a wrong one is refused and the right one lets in',
  browse(async (visits) => {
    const fresh = await stage.hub('fresh', { fresh: true, name: 'casa' });
    const page = await visits.newPage();
    visits.allow(page, /console: .*status of 4\d\d/);
    await page.goto(fresh.url);
    await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
    await page.getByLabel('Password', { exact: true }).fill('short');
    await press(page, 'Set the password');
    await page.getByText('A password has at least 8 characters.').first().waitFor();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('The same password again').fill('something else');
    await press(page, 'Set the password');
    await page.getByText('The two passwords are not the same.').waitFor();
    await page.getByLabel('The same password again').fill(PASSWORD);
    await press(page, 'Set the password');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();

    const other = await visits.newPage();
    visits.allow(other, /console: .*status of 4\d\d/);
    await other.goto(fresh.url);
    await signIn(other, 'a wrong password');
    await other.getByText('This is not the password of this console.').waitFor();
    assert.equal(
      await other.getByLabel('Password', { exact: true }).inputValue(),
      'a wrong password',
    );
    await signIn(other, PASSWORD);
    await other.getByRole('heading', { name: 'Overview' }).waitFor();
    await press(other, 'Sign out');
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
  }),
);

test(
  'an invitation is made, copied, shown as a picture, used, and another one withdrawn',
  browse(async (visits) => {
    const page = await openHub(visits, hub, 'people');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await press(page, 'Invite somebody');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('eva');
    await choose(page, 'read-only');
    await dialog.getByRole('button', { name: 'Make the invitation' }).click();
    await dialog.getByRole('img', { name: 'QR code of the invitation' }).waitFor();
    await dialog.getByRole('button', { name: 'Copy the code' }).click();
    const code = await until('the code on the clipboard', async () =>
      String(await page.evaluate('navigator.clipboard.readText()')),
    );
    assert.match(await dialog.innerText(), new RegExp(code.slice(0, 40)));
    await dialog.getByRole('button', { name: 'Another one' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('fred');
    await dialog.getByRole('button', { name: 'Make the invitation' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();

    await (await stage.machine('eva-pc')).run('login', code);
    const used = page.getByRole('listitem').filter({ hasText: 'eva' });
    await used.getByText('used', { exact: true }).first().waitFor();
    await page.getByRole('combobox', { name: 'Rights of eva' }).waitFor();

    await page.getByRole('button', { name: /^Withdraw · fred/ }).click();
    await page
      .getByRole('dialog', { name: 'Withdraw this invitation?' })
      .getByRole('button', { name: 'Withdraw' })
      .click();
    await page.getByText('The invitation was withdrawn.').waitFor();
    await page.getByRole('button', { name: /^Withdraw/ }).waitFor({ state: 'hidden' });
  }),
);

test(
  'rights are changed, and somebody who is removed is let in no more',
  browse(async (visits) => {
    const machine = await stage.machine('gina-pc');
    await machine.run('login', await hub.invite('gina'));
    const page = await openHub(visits, hub, 'people');
    const rights = page.getByRole('combobox', { name: 'Rights of gina' });
    await rights.selectOption('administrator');
    await page.getByText('gina: administrator.').waitFor();
    await page.reload();
    assert.equal(await rights.inputValue(), 'admin');
    const duty = page.getByRole('combobox', { name: 'What gina-pc is for' });
    await duty.selectOption('destination only');
    await page.getByText('gina-pc: destination only.').waitFor();
    await page.getByRole('button', { name: 'Limits of gina' }).click();
    const limits = page.getByRole('dialog', { name: 'Limits of gina' });
    await limits.getByLabel('Backup sets').fill('3');
    await limits.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The limits of gina are saved.').waitFor();
    await page.reload();
    assert.equal(await duty.inputValue(), 'destination');
    await page.getByText('with limits').waitFor();
    await page.getByRole('button', { name: 'Remove gina' }).click();
    await page
      .getByRole('dialog', { name: 'Remove gina?' })
      .getByRole('button', { name: 'Remove' })
      .click();
    await rights.waitFor({ state: 'hidden' });
  }),
);

test(
  'what is held back is released, once somebody says that it is right',
  browse(async (visits) => {
    const machine = await stage.machine('held-pc');
    const source = `${machine.home}/notes`;
    await mkdir(source);
    for (const round of ['one', 'two']) {
      for (let index = 0; index < 120; index++)
        await writeFile(`${source}/${index}.txt`, `${round} ${index}`);
      await machine.run('-rd', source, '--server', hub.address, '--name', 'hal');
    }
    const page = await openHub(visits, hub);
    await page.getByText('Of 120 files, 120 would change.').waitFor();
    await page.getByRole('button', { name: /^Release · notes/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Let the destinations have it?' });
    await dialog.getByRole('button', { name: 'Release' }).click();
    await page.getByText('It is released: destinations get it now.').waitFor();
    await page.getByText('Held back from destinations').waitFor({ state: 'hidden' });
  }),
);

test(
  'clients appear and vanish by themselves, also when they are killed',
  browse(async (visits) => {
    const page = await openHub(visits, hub, 'clients');
    await page.getByText('Nobody is connected').waitFor();
    const attic = await stage.machine('attic');
    const program = await attic.receive(hub, 'ana');
    const row = page.getByRole('row', { name: /attic/ });
    await row.getByText('ana@attic').waitFor();
    await row.getByText('destination').waitFor();
    await program.kill();
    await row.waitFor({ state: 'hidden' });
    await page.getByText('Nobody is connected').waitFor();
  }),
);

test(
  'listening is stopped, started and moved to another port, and the page says where',
  browse(async (visits) => {
    const page = await openHub(visits, hub);
    await press(page, 'Stop');
    await page.getByRole('dialog').getByRole('button', { name: 'Stop listening' }).click();
    await page.getByText('not listening').waitFor();
    const late = await stage.machine('late');
    const refused = await late.start('login', '--server', hub.address, '--name', 'ana').ended;
    assert.equal(refused.status, 1);
    await press(page, 'Start listening');
    await page.getByText('listening', { exact: true }).waitFor();
    await late.run('login', '--server', hub.address, '--name', 'ana');

    await press(page, 'Move');
    const dialog = page.getByRole('dialog', { name: 'Where to listen' });
    const other = await stage.hub('other', {});
    visits.allow(page, /console: .*status of 4\d\d/);
    await dialog.getByRole('textbox', { name: 'Port' }).fill(`${other.port}`);
    await dialog.getByRole('button', { name: 'Listen there' }).click();
    await dialog.getByRole('alert').getByText('Another program uses this port').waitFor();
    await late.run('status');
    await other.program.kill();
    await dialog.getByRole('button', { name: 'Listen there' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('definition').getByText(`${other.port}`).waitFor();
    hub.port = other.port;
    await late.run('status', '--server', hub.address, '--name', 'ana');
  }),
);

test(
  'the matrix shows a destination that is behind, and warns of too few copies',
  browse(async (visits) => {
    const laptop = await stage.machine('laptop');
    const source = `${laptop.home}/letters`;
    await mkdir(source);
    await writeFile(`${source}/one.txt`, 'one');
    const near = await stage.machine('near');
    const far = await stage.machine('far');
    await near.receive(hub, 'ana');
    const lost = await far.receive(hub, 'ana');
    const at = ['--server', hub.address, '--name', 'ana', '--copies', '2'];
    await laptop.run('-rd', source, ...at);
    const page = await openHub(visits, hub, 'copies');
    const row = page.getByRole('row', { name: /letters/ });
    await row.getByText('2 of 2 copies').waitFor();

    await lost.kill();
    await writeFile(`${source}/two.txt`, 'two');
    const { status } = await laptop.start('-rd', source, ...at, '--wait', '1s').ended;
    assert.equal(status, 4);
    await row.getByText('1 of 2 copies').waitFor();
    await row.getByText('1 behind').waitFor();
    await row.getByText('The newest snapshot has fewer copies than asked.').waitFor();
    await page
      .getByRole('link', { name: /^Copies/ })
      .filter({ hasText: '1' })
      .first()
      .waitFor();

    await far.receive(hub, 'ana');
    await row.getByText('2 of 2 copies').waitFor();
    await row.getByText('1 behind').waitFor({ state: 'hidden' });
  }),
);
