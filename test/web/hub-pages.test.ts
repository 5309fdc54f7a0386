import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { chromiumOfFile } from './browser.ts';
import type { Look, Visits } from './browser.ts';
import { openHub } from './doors.ts';
import { GuiStage } from './gui-stage.ts';
import type { HubConsole } from './gui-stage.ts';
import { assertFitsAll, assertSpanish } from './sights.ts';
import { HOSTILE_NAMES, writeDocuments, writeFilm, writeHostile } from './sources.ts';

const MIB = 1024 * 1024;
const browse = chromiumOfFile();
let stage: GuiStage;
let hub: HubConsole;
let fresh: HubConsole;

/** A hub with people, invitations, sets with and without enough copies, a run under way and one that waits. */
before(async () => {
  stage = await GuiStage.open();
  hub = await stage.hub('hub', { name: 'casa' });
  fresh = await stage.hub('fresh', { fresh: true });
  const laptop = await stage.machine('laptop');
  const attic = await stage.machine('attic');
  const cellar = await stage.machine('cellar');
  const folder = (name: string): string => `${laptop.home}/${name}`;
  writeDocuments(folder('documents'));
  writeHostile(folder('documents/odd names'));
  writeFilm(folder('film'), 16, MIB);
  await mkdir(folder('letters'));
  await writeFile(folder('letters/one.txt'), 'one');
  const at = ['--server', hub.address, '--name', 'ana'];
  await attic.receive(hub, 'ana');
  const lost = await cellar.receive(hub, 'ana');
  await laptop.run('-rd', folder('documents'), ...at, '--copies', '2');
  await laptop.run('-rd', folder('letters'), ...at, '--set', HOSTILE_NAMES[0] ?? '');
  await lost.kill();
  await writeFile(folder('documents/new.txt'), 'new');
  await laptop.start('-rd', folder('documents'), ...at, '--copies', '2', '--wait', '1s').ended;
  await hub.invite('eva');
  await backUpTwice(folder('photos'), () => laptop.run('-rd', folder('photos'), ...at));
  await (await stage.machine('fred-pc')).run('login', await hub.invite('fred'));
  const waiting = laptop.start('-rd', folder('letters'), ...at, '--copies', '5');
  await waiting.event('waiting');
  const running = laptop.start('-rd', folder('film'), ...at, '--copies', '1', '--limit', '256k');
  await running.event('progress');
});
after(async () => await stage[Symbol.asyncDispose]());

/** Everything changes from one to the next: the second one is held back. */
async function backUpTwice(folder: string, backUp: () => Promise<void>): Promise<void> {
  await mkdir(folder);
  for (const round of ['one', 'two']) {
    for (let index = 0; index < 120; index++)
      await writeFile(`${folder}/${index}.txt`, `${round} ${index}`);
    await backUp();
  }
}

type HubSight = {
  readonly name: string;
  readonly path: string;
  readonly of?: 'stranger' | 'first';
  readonly prepare?: (page: Page) => Promise<void>;
};

/** The only button of its kind, whatever the language. */
const pressMain = async (page: Page, name: RegExp): Promise<void> =>
  await page.getByRole('main').getByRole('button', { name }).first().click();

const SIGHTS: readonly HubSight[] = [
  { name: 'setup', path: '', of: 'first' },
  { name: 'login', path: '', of: 'stranger' },
  { name: 'overview', path: '' },
  {
    name: 'move dialog',
    path: '',
    prepare: async (page) => await pressMain(page, /^(?:Move|Mover|Cambiar)/),
  },
  {
    name: 'held back',
    path: '',
    prepare: async (page) => await pressMain(page, /^(?:Release|Liberar)/),
  },
  { name: 'runs', path: 'runs' },
  { name: 'copies', path: 'copies' },
  { name: 'clients', path: 'clients' },
  { name: 'people', path: 'people' },
  {
    name: 'invitation',
    path: 'people',
    prepare: async (page) => {
      await pressMain(page, /^(?:Invite|Invitar)/);
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox').first().fill('gina');
      await dialog.getByRole('button', { name: /^(?:Make the|Crear|Hacer)/ }).click();
      await dialog.getByRole('img').waitFor();
    },
  },
  {
    name: 'limits',
    path: 'people',
    prepare: async (page) => await pressMain(page, /^(?:Limits|Límites)/),
  },
  {
    name: 'vault',
    path: 'vault',
    prepare: async (page) => {
      await pressMain(page, /^(?:Check and heal|Comprobar y reparar)/);
      await page.getByText(/^(?:All is whole|Todo está íntegro)$/).waitFor();
    },
  },
  { name: 'log', path: 'log' },
  { name: 'settings', path: 'settings' },
  { name: 'nothing', path: 'no/such/page' },
];

async function show(visits: Visits, sight: HubSight, look: Look): Promise<Page> {
  let page: Page;
  if (sight.of === undefined) page = await openHub(visits, hub, sight.path, look);
  else {
    page = await visits.newPage(look);
    await page.goto(sight.of === 'first' ? fresh.url : hub.url);
  }
  await page.locator('h1').first().waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'hidden' });
  await sight.prepare?.(page);
  return page;
}

for (const sight of SIGHTS) {
  test(
    `hub, ${sight.name}: axe finds nothing, in both themes, narrow and wide`,
    browse(async (visits) => {
      await assertFitsAll(await show(visits, sight, {}), sight.name);
    }),
  );
  test(
    `hub, ${sight.name}: in Spanish there is no English`,
    browse(async (visits) => {
      await assertSpanish(await show(visits, sight, { locale: 'es-ES' }), sight.name);
    }),
  );
}
