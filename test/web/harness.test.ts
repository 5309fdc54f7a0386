import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { test } from 'node:test';

import { chromiumOfFile } from './browser.ts';
import { until } from './until.ts';

const browse = chromiumOfFile();

const FAULTY_PAGE = `<!doctype html><title>t</title>
<script>console.error('a word'); setTimeout(() => { throw new Error('nobody catches'); }, 0);</script>
<script>setTimeout(() => alert(1), 0); fetch('http://127.0.0.1:1/').catch(() => {});</script>
<script>const image = new Image(); image.src = '/cut-off'; document.head.append(image);</script>`;

test(
  'a page fails its test by whatever it complains of',
  browse(async (visits) => {
    const server = createServer((request, response) => {
      if (request.url === '/cut-off') response.destroy();
      else
        response.writeHead(200, {
          'content-type': 'text/html',
          'content-security-policy': "script-src 'unsafe-inline'; connect-src 'self'",
        });
      response.end(FAULTY_PAGE);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const page = await visits.newPage();
    try {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const complaints = [
        /console: a word/,
        /uncaught: Error: nobody catches/,
        /dialog: 1/,
        /Content security policy: connect-src/,
        /request failed: GET .*cut-off/,
      ];
      for (const complaint of complaints)
        await until(String(complaint), () => {
          try {
            visits.check();
            return false;
          } catch (error) {
            return complaint.test(String(error));
          }
        });
      visits.allow(page, /./s);
      assert.doesNotThrow(() => visits.check());
    } finally {
      server.close();
    }
  }),
);

test(
  'a browser has the language, the colours and the size that a test asks for',
  browse(async (visits) => {
    const page = await visits.newPage({ locale: 'es-ES', scheme: 'dark', width: 360 });
    const seen = await page.evaluate(
      `[navigator.language, matchMedia('(prefers-color-scheme: dark)').matches, innerWidth,
      matchMedia('(prefers-reduced-motion: reduce)').matches]`,
    );
    assert.deepEqual(seen, ['es-ES', true, 360, true]);
  }),
);
