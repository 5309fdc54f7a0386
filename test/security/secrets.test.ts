import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { decodeInvitation } from '../../src/wire/invitation.ts';
import { Browser, PASSWORD, startConsoleLab } from '../console/hub/console-lab.ts';
import { helloOf, identityNumber, startLab } from '../hub/lab.ts';
import { tempFolder } from '../vault/temp-folder.ts';

/** How bytes may be written down. */
function writtenForms(secret: Uint8Array): string[] {
  const bytes = Buffer.from(secret);
  const forms = ['latin1', 'hex', 'base64url', 'base64'] as const;
  return forms.map((form) => bytes.toString(form));
}

function filesBelow(folder: string): string {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = paths.filter((one) => one.isFile());
  return files.map((one) => readFileSync(join(one.parentPath, one.name), 'latin1')).join('\n');
}

test('the secret of an invitation is neither in the log nor on the disk, used or not', async (t) => {
  const folder = tempFolder();
  const catalog = await openSqliteCatalog(join(folder, 'catalog.db'));
  const lab = await startLab(t, { open: false, catalog });
  const nowMs = Date.now();
  const wish = { user: 'ana', rights: null, nowMs, expiresMs: nowMs + 60_000 };
  const used = catalog.createInvitation(wish);
  const unused = catalog.createInvitation(wish);
  await lab.login('ana', { invite: used }, await identityNumber(2));
  // Refused, which is logged.
  const late = await lab.connect(await identityNumber(3));
  await late.control.send(helloOf('ana', { invite: used }));
  assert.equal((await late.closed)?.code, 'invitation-used');
  const said = JSON.stringify(lab.events);
  assert.match(said, /refused/);
  const kept = filesBelow(folder);
  assert.ok(kept.includes('ana'), 'the catalog is looked at');
  for (const form of [...writtenForms(used), ...writtenForms(unused)]) {
    assert.equal(said.includes(form), false, 'it is in the log');
    assert.equal(kept.includes(form), false, 'it is in a file');
  }
  t.after(() => catalog.close());
});

test('neither passwords nor invitations nor sessions of the console are in its log or in its files', async (t) => {
  const { server, lab, events, signedIn, directory } = await startConsoleLab(t);
  const browser = await signedIn();
  const wrong = 'a wrong password, given once';
  assert.equal((await new Browser(server).post('/api/session', { password: wrong })).status, 403);
  const { json } = await browser.post('/api/invitations', {
    user: 'ana',
    rights: null,
    validMs: 60_000,
    addresses: ['127.0.0.1:1'],
  });
  const { code } = json as { code: string };
  const log = JSON.stringify([events.lines(), lab.events]);
  assert.match(log, /console-login|console-password/);
  const answers =
    (await browser.get('/api/invitations')).text + (await browser.get('/api/log')).text;
  const kept = filesBelow(directory);
  const cookie = browser.cookie?.split('=')[1] ?? '';
  const secrets = [PASSWORD, wrong, code, cookie, ...writtenForms(decodeInvitation(code).secret)];
  for (const [number, secret] of secrets.entries()) {
    assert.ok(secret.length > 8);
    for (const text of [log, answers, kept])
      assert.equal(text.includes(secret), false, `number ${number}`);
  }
});
