/** What people do on the client's pages, by the names of things alone. */

import type { Locator, Page } from 'playwright-core';

import { until } from './until.ts';

/** One of a few choices. Its label is what a pointer meets. */
export async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name }).check({ force: true });
}

/** Chooses a folder in the picker by typing its path. */
export async function typeFolder(
  page: Page,
  path: string,
  button: string = 'Choose a folder',
): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  const picker = page.getByRole('dialog', { name: 'Choose a folder' });
  await picker.getByRole('list', { name: 'Folders in it' }).getByRole('listitem').first().waitFor();
  await until(
    'the path of the first folder',
    async () => await picker.getByRole('textbox', { name: 'Path' }).inputValue(),
    (shown) => shown !== '',
  );
  await picker.getByRole('textbox', { name: 'Path' }).fill(path);
  await picker.getByRole('button', { name: 'Go' }).click();
  await picker.getByText(/directly in it/).waitFor();
  await until(
    `the folder ${path}`,
    async () => await picker.getByRole('textbox', { name: 'Path' }).inputValue(),
    (shown) => shown === path,
  );
  await picker.getByRole('button', { name: 'Choose this folder' }).click();
  await picker.waitFor({ state: 'hidden' });
}

export type BackupWish = {
  readonly folder: string;
  readonly copies?: number;
  /** MiB a second. */
  readonly limit?: string;
};

/** From the first page, through the form, to the page of the task. */
export async function backUp(page: Page, wish: BackupWish): Promise<void> {
  await page.getByRole('main').getByRole('link', { name: 'Back up a folder' }).click();
  await typeFolder(page, wish.folder);
  if (wish.copies !== undefined)
    await page.getByRole('spinbutton', { name: 'Copies' }).fill(`${wish.copies}`);
  if (wish.limit !== undefined) {
    await page.getByText('Advanced', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Limit of the rate' }).fill(wish.limit);
  }
  await page.getByRole('button', { name: 'Start the backup' }).click();
  await page.waitForURL(/\/tasks\//);
}

/** Makes this machine a destination, from the first page. */
export async function keepCopies(page: Page, folder: string, name: string): Promise<void> {
  await page.getByRole('main').getByRole('link', { name: 'Keep copies here' }).click();
  await typeFolder(page, folder);
  await page.getByText('Advanced', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Name of this destination' }).fill(name);
  await page.getByRole('button', { name: 'Connect and wait' }).click();
  await page.getByText('Connected and waiting').first().waitFor();
}

/**
 * Watches a bar until it has been seen at so many places, each further on. What there is in all is known only after a
 * moment: then a bar may begin anew.
 */
export async function watchBar(bar: Locator, places: number): Promise<void> {
  let seen: number[] = [];
  await until(
    `a bar at ${places} places`,
    async () => {
      const value = Number(await bar.getAttribute('aria-valuenow'));
      if (value < (seen.at(-1) ?? 0)) seen = [];
      if (value > (seen.at(-1) ?? 0)) seen.push(value);
      return seen.length;
    },
    (count) => count >= places,
  );
}
