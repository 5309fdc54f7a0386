/** What must hold of every page: whoever looks at it, however. */

import assert from 'node:assert/strict';

import type { Page } from 'playwright-core';

import { assertAccessible, assertFits } from './accessible.ts';
import { englishOnly, loadTexts } from './dictionaries.ts';
import { spokenText } from './spoken-text.ts';
import { until } from './until.ts';

/** A page, or a state of one, that somebody can come to see. */
export type Sight = {
  readonly name: string;
  /** Ends when it is all there. */
  readonly show: (page: Page) => Promise<void>;
};

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };

/** In both themes, on a wide screen and a narrow one. The page stays as it is meanwhile. */
export async function assertFitsAll(page: Page, name: string): Promise<void> {
  for (const [size, colorScheme, rules] of [
    [WIDE, 'light', 'all'],
    [WIDE, 'dark', 'looks'],
    [NARROW, 'dark', 'all'],
    [NARROW, 'light', 'looks'],
  ] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `${name}, ${size.width} px, ${colorScheme}`, rules);
    await assertFits(page, `${name}, ${size.width} px`);
  }
}

/** Words that no Spanish sentence has. */
const ENGLISH_WORD =
  /(?<![\p{L}\p{N}_./-])(?:the|and|of|is|are|not|with|your|this|that|from|has|have|was|will|here|when|which)(?![\p{L}\p{N}_/-])/iu;

/** Of a page in Spanish. @throws with what it says in English, and with what looks like a text that is missing */
export async function assertSpanish(page: Page, name: string): Promise<void> {
  const { whole, parts } = englishOnly(await loadTexts());
  const isEnglish = (text: string): boolean =>
    whole.has(text) ||
    [...parts].some((part) => text.includes(part)) ||
    ENGLISH_WORD.test(text) ||
    /\bundefined\b|\[object|\bNaN\b/.test(text);
  assert.equal(await page.evaluate('document.documentElement.lang'), 'es', name);
  // What a language change sets off may take a moment.
  await until(
    `Spanish alone on ${name}`,
    async () => (await spokenText(page)).filter(isEnglish),
    (english) => english.length === 0,
  );
}
