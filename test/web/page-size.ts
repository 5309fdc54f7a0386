/** How much a page holds: elements, and bytes of JavaScript after everything that is not needed was thrown away. */

import type { CDPSession, Page } from 'playwright-core';

export type PageSize = { readonly nodes: number; readonly heapBytes: number };

/** A measure of one page. Opened once, as each inspector holds memory of its own. */
export async function meter(page: Page): Promise<() => Promise<PageSize>> {
  const inspector = await page.context().newCDPSession(page);
  await inspector.send('Performance.enable');
  return async () => {
    await inspector.send('HeapProfiler.collectGarbage');
    const nodes = Number(await page.evaluate('document.querySelectorAll("*").length'));
    return { nodes, heapBytes: await usedHeap(inspector) };
  };
}

async function usedHeap(inspector: CDPSession): Promise<number> {
  const { metrics } = await inspector.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
}
