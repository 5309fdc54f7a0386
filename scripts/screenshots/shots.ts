/** Which pages are shown, and what has to be done before they are. */

import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { backupOf, beginTask, taskIn, taskOf } from '../../test/web/console-tasks.ts';
import { until } from '../../test/web/until.ts';
import type { Scene } from './scene.ts';

const RATE = 2 * 1024 * 1024;

export type Shot = {
  readonly name: string;
  readonly path: string;
  /** At the console or machine that is still new. */
  readonly fresh?: true;
  /** False: as somebody who has not signed in. */
  readonly signedIn?: false;
  /** As on a telephone as well. */
  readonly phone?: true;
  readonly prepare?: (page: Page, scene: Scene) => Promise<void>;
};

const MINE = 'user=ana&host=laptop&set=documents';

/** Backs up the photos, slowly, and waits until some of it is done. */
async function backUpPhotos(page: Page, scene: Scene): Promise<void> {
  const wish = { copies: 2, limitBytesPerSec: RATE };
  const id =
    (await runningTask(page)) ??
    (await beginTask(page, backupOf(join(scene.home, 'photos'), wish))).id;
  await until(
    'a good part of it',
    async () => (await taskOf(page, id)).progress,
    // At first as much as was read is all that is known of.
    (progress) =>
      progress !== null &&
      progress.bytes > progress.total * 0.3 &&
      progress.bytes < progress.total * 0.9,
  );
  await page.goto(new URL(`/tasks/${id}`, page.url()).href);
  await page.getByRole('progressbar').first().waitFor();
}

async function runningTask(page: Page): Promise<string | undefined> {
  const answer = await page.request.get(new URL('/api/state', page.url()).href);
  const { tasks } = (await answer.json()) as { tasks: { id: string; state: string }[] };
  return tasks.find(({ state }) => state === 'running')?.id;
}

/** The rows of the page's list are there. */
const rows = async (page: Page): Promise<void> =>
  await page.getByRole('main').getByRole('listitem').first().waitFor();

const CLIENT_BEFORE: readonly Shot[] = [
  { name: 'login', path: '', fresh: true, phone: true },
  {
    name: 'backup',
    path: 'backup',
    prepare: async (page, scene) => {
      await pickFolder(page, join(scene.home, 'photos'));
      await page.getByRole('button', { name: 'Choose this folder' }).click();
    },
  },
  {
    name: 'picker',
    path: 'backup',
    prepare: async (page, scene) => await pickFolder(page, scene.home),
  },
  { name: 'receive', path: 'receive' },
  {
    name: 'done',
    path: '',
    prepare: async (page, scene) => {
      const { id } = await beginTask(page, backupOf(join(scene.home, 'documents'), { copies: 2 }));
      await taskIn(page, id, 'done');
      await page.goto(new URL(`/tasks/${id}`, page.url()).href);
      await page.getByText('Backed up').first().waitFor();
    },
  },
  {
    name: 'waiting',
    path: '',
    prepare: async (page, scene) => {
      const wish = { copies: 3, set: 'letters' };
      const { id } = await beginTask(page, backupOf(join(scene.home, 'documents/letters'), wish));
      await taskIn(page, id, 'waiting');
      await page.goto(new URL(`/tasks/${id}`, page.url()).href);
      await page.getByText('2 of 3 destinations connected').first().waitFor();
    },
  },
];

async function pickFolder(page: Page, folder: string): Promise<void> {
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  const picker = page.getByRole('dialog', { name: 'Choose a folder' });
  await picker.getByRole('listitem').first().waitFor();
  const path = picker.getByRole('textbox', { name: 'Path' });
  await until('the home folder', async () => await path.inputValue());
  await path.fill(folder);
  await picker.getByRole('button', { name: 'Go' }).click();
  await picker.getByText(/[1-9]\d* files? directly|0 files directly/).waitFor();
  await until(
    'the folder',
    async () => await picker.getByRole('navigation', { name: 'Path' }).innerText(),
    (text) => text.trim().endsWith(folder.split('/').at(-1) ?? ''),
  );
}

const CLIENT_AT_WORK: readonly Shot[] = [
  { name: 'running', path: '', phone: true, prepare: backUpPhotos },
  { name: 'home', path: '', phone: true, prepare: rows },
];

const CLIENT_SNAPSHOTS: readonly Shot[] = [
  { name: 'snapshots', path: 'snapshots', prepare: rows },
  { name: 'set', path: `snapshots?${MINE}`, phone: true, prepare: rows },
  {
    name: 'snapshot',
    path: `snapshots?${MINE}`,
    prepare: async (page) => {
      await page.getByRole('region', { name: 'Time line' }).getByRole('link').first().click();
      await page.getByRole('link', { name: 'recipes' }).click();
      await page.getByText('bread.md').first().waitFor();
    },
  },
  {
    name: 'compare',
    path: `snapshots?${MINE}`,
    prepare: async (page) => {
      await page
        .getByRole('link', { name: /^Compare with the one before/ })
        .nth(3)
        .click();
      await page.getByText('invoice').first().waitFor();
    },
  },
  {
    name: 'find',
    path: 'snapshots/find?text=bread',
    prepare: async (page) =>
      await page
        .getByRole('button', { name: /^All versions/ })
        .first()
        .click(),
  },
  { name: 'settings', path: 'settings' },
];

const HUB_AT_REST: readonly Shot[] = [
  { name: 'setup', path: '', signedIn: false, fresh: true },
  { name: 'login', path: '', signedIn: false },
  { name: 'copies', path: 'copies', phone: true },
  {
    name: 'clients',
    path: 'clients',
    prepare: async (page) => await page.getByRole('row').nth(1).waitFor(),
  },
  { name: 'people', path: 'people', prepare: rows },
  {
    name: 'invitation',
    path: 'people',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Invite somebody' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Name' }).fill('marta');
      await dialog.getByRole('button', { name: 'Make the invitation' }).click();
      await dialog.getByRole('img').waitFor();
    },
  },
  {
    name: 'vault',
    path: 'vault',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Check and heal now' }).click();
      await page.getByText('All is whole').waitFor();
    },
  },
  { name: 'log', path: 'log' },
  { name: 'settings', path: 'settings' },
];

const HUB_AT_WORK: readonly Shot[] = [
  { name: 'overview', path: '', phone: true },
  { name: 'runs', path: 'runs' },
];

/** In this order: what is at work in some is so because of others. */
export const SHOTS: readonly (readonly [console: 'hub' | 'client', shots: readonly Shot[]])[] = [
  ['hub', HUB_AT_REST],
  ['client', CLIENT_BEFORE],
  ['client', CLIENT_AT_WORK],
  ['hub', HUB_AT_WORK],
  ['client', CLIENT_SNAPSHOTS],
];
