import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { chromiumOfFile } from './browser.ts';
import type { Look, Visits } from './browser.ts';
import { backupOf, beginTask, taskIn } from './console-tasks.ts';
import { openGui } from './doors.ts';
import { GuiStage } from './gui-stage.ts';
import type { Gui } from './gui-stage.ts';
import { assertFitsAll, assertSpanish } from './sights.ts';
import { writeDocuments, writeFilm, writeHostile } from './sources.ts';

const MIB = 1024 * 1024;
const SLOW_BYTES = 256 * 1024;
const browse = chromiumOfFile();
let stage: GuiStage;
let gui: Gui;
let newcomer: Gui;
const ids = {
  done: '',
  running: '',
  waiting: '',
  receive: '',
  cancelled: '',
  failed: '',
  dry: '',
  snapshot: '',
};

/** Somebody who has used it for a while, and somebody who has not. */
before(async () => {
  stage = await GuiStage.open();
  const hub = await stage.hub();
  const laptop = await stage.machine('laptop');
  gui = await laptop.guiAt(hub, 'ana');
  newcomer = await (await stage.machine('newcomer')).gui();
  const attic = await stage.machine('attic');
  await attic.receive(hub, 'ana');
});
after(async () => await stage[Symbol.asyncDispose]());

/** Tasks in every state. */
async function fillConsole(page: Page): Promise<void> {
  const folder = (name: string): string => `${gui.machine.home}/${name}`;
  writeDocuments(folder('documents'));
  writeHostile(folder('documents/odd names'));
  writeFilm(folder('film'), 16, MIB);
  await mkdir(folder('copies'));
  const done = await beginTask(page, backupOf(folder('documents'), { copies: 1 }));
  ids.done = done.id;
  const { result } = await taskIn(page, done.id, 'done');
  ids.snapshot = result?.snapshot ?? '';
  const again = await beginTask(page, backupOf(folder('documents'), { copies: 0 }));
  await taskIn(page, again.id, 'done');
  const dry = await beginTask(page, backupOf(folder('film'), { dryRun: true }));
  ids.dry = dry.id;
  await taskIn(page, dry.id, 'done');
  const restore = { kind: 'restore', snapshot: '0'.repeat(64), subtree: null } as const;
  const nowhere = { ...restore, into: { path: folder('restored') }, overwrite: false };
  ids.failed = (await beginTask(page, nowhere)).id;
  await taskIn(page, ids.failed, 'failed');
  ids.waiting = (
    await beginTask(page, backupOf(folder('documents'), { copies: 3, set: 'three' }))
  ).id;
  await taskIn(page, ids.waiting, 'waiting');
  const receive = { kind: 'receive', folder: { path: folder('copies') }, set: null } as const;
  ids.receive = (await beginTask(page, receive)).id;
  await taskIn(page, ids.receive, 'waiting', 'running');
  const slow = { limitBytesPerSec: SLOW_BYTES, copies: 1 };
  ids.running = (await beginTask(page, backupOf(folder('film'), slow))).id;
  await taskIn(page, ids.running, 'running');
  const cancelled = await beginTask(page, backupOf(folder('film'), { set: 'never', copies: 9 }));
  ids.cancelled = cancelled.id;
  await taskIn(page, cancelled.id, 'waiting');
  await page.request.post(new URL(`/api/tasks/${cancelled.id}/cancel`, page.url()).href);
  await taskIn(page, cancelled.id, 'cancelled');
}

const heading = async (page: Page): Promise<void> => await page.locator('h1').first().waitFor();

type ClientSight = {
  readonly name: string;
  readonly path: () => string;
  readonly of?: 'newcomer' | 'stranger';
  /** Does what brings the page into this state. */
  readonly prepare?: (page: Page) => Promise<void>;
};

const pressFirst = async (page: Page, role: 'button', name: RegExp): Promise<void> =>
  await page.getByRole(role, { name }).first().click();

const SET = 'user=ana&host=laptop&set=documents';

const SIGHTS: readonly ClientSight[] = [
  { name: 'closed', path: () => '/', of: 'stranger' },
  { name: 'login', path: () => '/', of: 'newcomer' },
  { name: 'home', path: () => '/' },
  { name: 'another login', path: () => '/login' },
  {
    name: 'backup form',
    path: () => '/backup',
    prepare: async (page) => {
      await page.locator('summary').first().click();
    },
  },
  {
    name: 'folder picker',
    path: () => '/backup',
    prepare: async (page) => {
      await pressFirst(page, 'button', /^(?:Choose a folder|Elegir una carpeta|Elige una carpeta)/);
      await page.getByRole('dialog').getByRole('listitem').first().waitFor();
    },
  },
  { name: 'receive form', path: () => '/receive' },
  { name: 'task that is done', path: () => `/tasks/${ids.done}` },
  { name: 'dry run', path: () => `/tasks/${ids.dry}` },
  { name: 'task that failed', path: () => `/tasks/${ids.failed}` },
  { name: 'task that was cancelled', path: () => `/tasks/${ids.cancelled}` },
  { name: 'task that waits', path: () => `/tasks/${ids.waiting}` },
  { name: 'task that runs', path: () => `/tasks/${ids.running}` },
  { name: 'task that receives', path: () => `/tasks/${ids.receive}` },
  { name: 'sets', path: () => '/snapshots' },
  { name: 'set', path: () => `/snapshots?${SET}` },
  { name: 'snapshot', path: () => `/snapshots/${ids.snapshot}?${SET}` },
  {
    name: 'folder of a snapshot',
    path: () => `/snapshots/${ids.snapshot}?${SET}&path=odd%20names`,
  },
  {
    name: 'restore',
    path: () => `/snapshots/${ids.snapshot}?${SET}`,
    prepare: async (page) => await pressFirst(page, 'button', /^(?:Restore all|Restaurar todo)/),
  },
  { name: 'comparison', path: () => `/snapshots/compare?${SET}` },
  { name: 'find', path: () => '/snapshots/find?text=e' },
  { name: 'settings', path: () => '/settings' },
  { name: 'nothing', path: () => '/no/such/page' },
];

async function show(visits: Visits, sight: ClientSight, look: Look): Promise<Page> {
  let page: Page;
  if (sight.of === 'stranger') {
    page = await visits.newPage(look);
    await page.goto(new URL(sight.path(), gui.url).href);
  } else page = await openGui(visits, sight.of === 'newcomer' ? newcomer : gui, sight.path(), look);
  await heading(page);
  await page.locator('.skeleton').first().waitFor({ state: 'hidden' });
  await sight.prepare?.(page);
  return page;
}

test(
  'the console of somebody who uses it fills with tasks of every state',
  browse(async (visits) => {
    await fillConsole(await openGui(visits, gui));
  }),
);

for (const sight of SIGHTS) {
  test(
    `client, ${sight.name}: axe finds nothing, in both themes, narrow and wide`,
    browse(async (visits) => {
      const page = await show(visits, sight, {});
      await assertFitsAll(page, sight.name);
    }),
  );
  test(
    `client, ${sight.name}: in Spanish there is no English`,
    browse(async (visits) => {
      await assertSpanish(await show(visits, sight, { locale: 'es-ES' }), sight.name);
    }),
  );
}
