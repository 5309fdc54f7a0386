/** What a device proves itself with: a key and a self-signed certificate, made once and kept for good. */

import {
  createHash,
  createPrivateKey,
  webcrypto,
  X509Certificate as NodeCertificate,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Identity } from './transport.ts';
import { writeDurably } from '../base/durable-file.ts';
import { RbError, systemCodeOf } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';

export type { Identity } from './transport.ts';

const KEY_FILE = 'device-key.pem';
const CERT_FILE = 'device-cert.pem';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const YEARS = 100;
/** A clock that is behind at the other side must not matter. */
const BACKDATED_YEARS = 1;

/**
 * A new identity: ECDSA P-256 (FIPS 186-5), a certificate signed by itself for 100 years. Who it belongs to is told by
 * nothing but its fingerprint; the name in it is the same for all, so that it gives nothing away.
 */
export async function createIdentity(): Promise<Identity> {
  // Loaded here only: it is large, and most starts of the programs don't need it.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const year = new Date().getUTCFullYear();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=rbbackup',
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.UTC(year - BACKDATED_YEARS, 0, 1)),
    notAfter: new Date(Date.UTC(year + YEARS, 0, 1)),
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const keyPem = key.export({ format: 'pem', type: 'pkcs8' }).toString();
  return identityOf(keyPem, certificate.toString('pem'));
}

/**
 * Keeps an identity in a folder, as two files that only their owner may read. Durable when it returns.
 *
 * @throws RbError `dir-unwritable`, `disk-full`
 */
export async function saveIdentity(folder: string, identity: Identity): Promise<void> {
  await writeDurably(join(folder, KEY_FILE), identity.keyPem);
  // Last, as it is what tells that both are there.
  await writeDurably(join(folder, CERT_FILE), identity.certPem);
}

/**
 * The identity that is kept in a folder, or null if none is.
 *
 * @throws RbError `dir-unwritable` if it can't be read, `usage` if the two files don't belong together
 */
export async function loadIdentity(folder: string): Promise<Identity | null> {
  const certPem = await readIfThere(join(folder, CERT_FILE));
  const keyPem = await readIfThere(join(folder, KEY_FILE));
  if (certPem === null || keyPem === null) return null;
  try {
    const isPair = new NodeCertificate(certPem).checkPrivateKey(createPrivateKey(keyPem));
    if (isPair) return identityOf(keyPem, certPem);
  } catch (cause) {
    throw damaged(folder, cause);
  }
  throw damaged(folder);
}

/**
 * The identity of a folder, made and kept if there is none.
 * @param isUsed whether there was one by all appearances: then half of it is damage, not what a crash has left of making it
 * @throws as {@link loadIdentity} and {@link saveIdentity}
 */
export async function loadOrCreateIdentity(folder: string, isUsed: boolean): Promise<Identity> {
  const kept = await loadIdentity(folder);
  if (kept !== null) return kept;
  if (isUsed && (await hasHalf(folder))) throw damaged(folder);
  const identity = await createIdentity();
  await saveIdentity(folder, identity);
  return identity;
}

async function hasHalf(folder: string): Promise<boolean> {
  const files = [KEY_FILE, CERT_FILE].map(async (name) => await readIfThere(join(folder, name)));
  return (await Promise.all(files)).some((text) => text !== null);
}

/** SHA-256 of a certificate's DER, lower-case hexadecimal. */
export function fingerprintOf(certificateDer: Uint8Array): string {
  return createHash('sha256').update(certificateDer).digest('hex');
}

function identityOf(keyPem: string, certPem: string): Identity {
  return { keyPem, certPem, fingerprint: fingerprintOf(new NodeCertificate(certPem).raw) };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    const where = escapeName(path);
    throw new RbError('dir-unwritable', `${where} cannot be read; check whom it belongs to.`, {
      cause: error,
    });
  }
}

function damaged(folder: string, cause?: unknown): RbError {
  const where = escapeName(folder);
  return new RbError(
    'usage',
    `The files ${KEY_FILE} and ${CERT_FILE} in ${where} are damaged or do not belong together. Restore them, or remove both: it is a new device then, and has to log in again; if it is a hub, all its clients have to.`,
    { cause },
  );
}
