/** Everything a page says in words: what is seen, and what a screen reader hears. */

import type { Page } from 'playwright-core';

/**
 * Names from disks and people (`bdi`, `code`), what is marked as of another language, and what is typed in, is not the page's
 * own word.
 */
const COLLECT = `(() => {
  const foreign = 'bdi, code, pre, input, textarea, [lang]:not(html), noscript, script, style, title';
  const spoken = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement.closest(foreign)) spoken.push(node.data);
    } else for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext', 'aria-roledescription'])
      if (!node.closest('[lang]:not(html), bdi, code')) spoken.push(node.getAttribute(name) ?? '');
  }
  return spoken.map((text) => text.trim()).filter((text) => text !== '');
})()`;

export async function spokenText(page: Page): Promise<string[]> {
  return (await page.evaluate(COLLECT)) as string[];
}
