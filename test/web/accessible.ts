/** What axe finds on a page, by the rules of WCAG 2.2 AA and its own good practices. */

import assert from 'node:assert/strict';

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const RULES: readonly string[] = [
  'wcag2a',
  'wcag2aa',
  'wcag21a',
  'wcag21aa',
  'wcag22aa',
  'best-practice',
];

/** What colours and sizes alone decide. */
const LOOKS: readonly string[] = ['color-contrast', 'target-size'];

/** @throws with every rule that is broken, and where; of all rules, or only of those about looks */
export async function assertAccessible(
  page: Page,
  where: string,
  rules: 'all' | 'looks' = 'all',
): Promise<void> {
  const axe = new AxeBuilder({ page });
  if (rules === 'all') axe.withTags([...RULES]);
  else axe.withRules([...LOOKS]);
  const { violations } = await axe.analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    rule: `${id}: ${help}`,
    nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html}\n${failureSummary ?? ''}`),
  }));
  assert.deepEqual(found, [], `axe on ${where}`);
}

/** Nothing is wider than the screen: nobody has to scroll sideways. */
export async function assertFits(page: Page, where: string): Promise<void> {
  const [content, screen] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  assert(content <= screen, `${where}: ${content} pixels on a screen of ${screen}`);
}
