import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import {
  createIdentity,
  loadIdentity,
  loadOrCreateIdentity,
  saveIdentity,
} from '../../src/transport/identity.ts';

const folders: string[] = [];

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rbbackup-identity-'));
  folders.push(path);
  return path;
}

after(async () => {
  for (const path of folders) await rm(path, { recursive: true });
});

test('an identity is valid for a hundred years, and its id is the hash of its certificate', async () => {
  const identity = await createIdentity();
  const certificate = new X509Certificate(identity.certPem);
  assert.equal(certificate.fingerprint256.replaceAll(':', '').toLowerCase(), identity.fingerprint);
  assert.ok(certificate.validToDate.getUTCFullYear() >= new Date().getUTCFullYear() + 100);
  assert.ok(certificate.validFromDate.getTime() < Date.now());
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  assert.notEqual((await createIdentity()).fingerprint, identity.fingerprint);
});

test('it is found again where it was kept, readable by its owner alone', async () => {
  const path = await folder();
  assert.equal(await loadIdentity(path), null);
  const identity = await loadOrCreateIdentity(path, false);
  assert.deepEqual(await loadOrCreateIdentity(path, false), identity);
  for (const name of await readdir(path)) {
    assert.equal((await stat(join(path, name))).mode & 0o777, 0o600);
  }
});

test('a key and a certificate that do not belong together are refused', async () => {
  const path = await folder();
  await saveIdentity(path, await createIdentity());
  await writeFile(join(path, 'device-key.pem'), (await createIdentity()).keyPem);
  await assert.rejects(loadIdentity(path), (error) => isRbError(error, 'usage'));
  await writeFile(join(path, 'device-key.pem'), 'nothing');
  await assert.rejects(loadIdentity(path), (error) => isRbError(error, 'usage'));
});
