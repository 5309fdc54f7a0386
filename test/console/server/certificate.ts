/** A certificate that a console's tests make themselves. */

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A self-signed one for a name, and its key, as PEM. */
export async function makeCertificate(name: string): Promise<{ cert: string; key: string }> {
  // It looks for this when it is loaded.
  await import('reflect-metadata');
  const { SubjectAlternativeNameExtension, X509CertificateGenerator, cryptoProvider } =
    await import('@peculiar/x509');
  cryptoProvider.set(globalThis.crypto);
  const keys = await globalThis.crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    keys,
    name: 'CN=rbbackup test',
    signingAlgorithm: ALGORITHM,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  const pkcs8 = Buffer.from(await globalThis.crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`;
  return { cert: certificate.toString('pem'), key };
}
