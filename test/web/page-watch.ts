/** Notes everything that goes wrong in a page without anybody asking. */

import type { Page } from 'playwright-core';

/** Told of by the page itself, so that a policy that only reports is heard as well. */
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('Content security policy: ' + event.violatedDirective + ' forbids ' + event.blockedURI);
});`;

/** A request that the page itself gave up: an event stream that it closed, a download, a page it left. */
const GIVEN_UP = 'net::ERR_ABORTED';

export class PageWatch {
  readonly #problems: string[] = [];
  readonly #allowed: RegExp[] = [];

  private constructor() {}

  /** Call before the page goes anywhere. */
  static async on(page: Page): Promise<PageWatch> {
    const watch = new PageWatch();
    const note = (problem: string): void => void watch.#problems.push(problem);
    await page.addInitScript(REPORT_VIOLATIONS);
    page.on('console', (message) => {
      if (message.type() === 'error')
        note(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => note(`uncaught: ${error.stack ?? error.message}`));
    page.on('crash', () => note('the page crashed'));
    page.on('dialog', (dialog) => {
      note(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      if (why !== GIVEN_UP) note(`request failed: ${request.method()} ${request.url()}: ${why}`);
    });
    return watch;
  }

  /** These are no fault in this test: the other side was taken away, or asked for what must be refused. */
  allow(...problems: readonly RegExp[]): void {
    this.#allowed.push(...problems);
  }

  unexpected(): string[] {
    return this.#problems.filter((problem) => !this.#allowed.some((fits) => fits.test(problem)));
  }
}
