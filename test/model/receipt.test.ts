import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';

import { fromHex, hex } from '../../src/base/bytes.ts';
import { isSigned, receiptBytes, signReceipt } from '../../src/model/receipt.ts';
import type { Receipt, SignedReceipt } from '../../src/model/receipt.ts';
import { createIdentity } from '../../src/transport/identity.ts';
import type { Identity } from '../../src/transport/identity.ts';

/* Golden vectors of docs/spec/repository.md, kept for ever: who signed once must be believed later. */

type Vectors = Record<
  'hub' | 'destination' | 'snapshot' | 'signed' | 'certificate' | 'signature',
  string
> & { readonly bytes: number };

const file = new URL('../vectors/receipt.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const RECEIPT: Receipt = {
  hub: fromHex(vectors.hub),
  destination: fromHex(vectors.destination),
  snapshot: fromHex(vectors.snapshot),
  bytes: vectors.bytes,
};
const SIGNED: SignedReceipt = {
  signature: fromHex(vectors.signature),
  certificate: fromHex(vectors.certificate),
};

let identity: Identity;
before(async () => {
  identity = await createIdentity();
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const other = Uint8Array.from(bytes);
  other[at] = (other[at] as number) ^ 1;
  return other;
}

test('the bytes of a receipt are as ever, and its signature is believed as ever', () => {
  assert.equal(hex(receiptBytes(RECEIPT)), vectors.signed);
  assert.equal(isSigned(RECEIPT, SIGNED), true);
});

test('what one key has signed is believed of its certificate alone', () => {
  const certificate = Uint8Array.from(new X509Certificate(identity.certPem).raw);
  const signature = signReceipt(RECEIPT, createPrivateKey(identity.keyPem));
  assert.equal(isSigned(RECEIPT, { signature, certificate }), true);
  assert.equal(isSigned(RECEIPT, { signature, certificate: SIGNED.certificate }), false);
});

test('a receipt in which any bit of any field is another is not signed', () => {
  const others: Receipt[] = [
    { ...RECEIPT, bytes: RECEIPT.bytes + 1 },
    { ...RECEIPT, bytes: 0 },
  ];
  for (const at of [0, 15, 31]) {
    others.push({ ...RECEIPT, hub: flipped(RECEIPT.hub, at) });
    others.push({ ...RECEIPT, snapshot: flipped(RECEIPT.snapshot, at) });
    others.push({ ...RECEIPT, destination: flipped(RECEIPT.destination, at >> 1) });
  }
  for (const other of others) assert.equal(isSigned(other, SIGNED), false);
});

test('a signature that is damaged, cut, empty or of a damaged certificate is none', () => {
  const { signature, certificate } = SIGNED;
  for (let at = 0; at < signature.length; at++)
    assert.equal(isSigned(RECEIPT, { signature: flipped(signature, at), certificate }), false);
  for (const length of [0, 1, signature.length - 1])
    assert.equal(
      isSigned(RECEIPT, { signature: signature.subarray(0, length), certificate }),
      false,
    );
  for (const length of [0, 10, certificate.length - 1])
    assert.equal(
      isSigned(RECEIPT, { signature, certificate: certificate.subarray(0, length) }),
      false,
    );
});

test('what the same key signs for something else is no receipt', () => {
  const certificate = Uint8Array.from(new X509Certificate(identity.certPem).raw);
  const key = createPrivateKey(identity.keyPem);
  const bytes = receiptBytes(RECEIPT);
  const other = Buffer.from(bytes);
  other.write('rbbackup receipt 2', 'latin1');
  for (const signed of [other, bytes.subarray(19), Buffer.alloc(0)]) {
    const signature = Uint8Array.from(sign('sha256', signed, key));
    assert.equal(isSigned(RECEIPT, { signature, certificate }), false);
  }
  const inOtherForm = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' });
  assert.equal(isSigned(RECEIPT, { signature: inOtherForm, certificate }), false);
});

test('a field of a wrong length is never signed: its neighbour would stand for it', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  for (const other of [
    { ...RECEIPT, hub: RECEIPT.hub.subarray(1) },
    { ...RECEIPT, destination: new Uint8Array(17) },
    { ...RECEIPT, snapshot: new Uint8Array(0) },
  ]) {
    assert.throws(() => signReceipt(other, privateKey), { code: 'internal' });
    assert.equal(isSigned(other, SIGNED), false);
  }
});
