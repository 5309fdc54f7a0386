/** What a destination signs when it acknowledges a copy: docs/spec/repository.md, chapter 11. */

import { sign, verify, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { RbError } from '../base/errors.ts';
import { LIMITS } from './limits.ts';

/** So that no signature under something else can pass for a receipt, nor one of another version. */
const CONTEXT: Uint8Array = Buffer.from('rbbackup receipt 1\0', 'latin1');
const FINGERPRINT_BYTES = 32;
const DESTINATION_BYTES = 16;

/** "This destination holds this snapshot, verified, for this hub." */
export type Receipt = {
  /** SHA-256 of the hub's certificate: a receipt for one hub says nothing to another. */
  readonly hub: Uint8Array;
  /** 16 bytes. */
  readonly destination: Uint8Array;
  readonly snapshot: Uint8Array;
  /** Of all its files, as acknowledged. */
  readonly bytes: number;
};

/** A receipt's signature, and whose it is. */
export type SignedReceipt = {
  /** ECDSA in DER. */
  readonly signature: Uint8Array;
  /** X.509 in DER, of the device that signed. */
  readonly certificate: Uint8Array;
};

/**
 * The bytes that are signed: the same for the same receipt, and never for two.
 * @throws RbError `internal` for a field of a wrong length
 */
export function receiptBytes({ hub, destination, snapshot, bytes }: Receipt): Uint8Array {
  const isRight =
    hub.length === FINGERPRINT_BYTES &&
    destination.length === DESTINATION_BYTES &&
    snapshot.length === LIMITS.idBytes;
  if (!isRight) throw new RbError('internal', 'A receipt has a field of a wrong length.');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes));
  return Buffer.concat([CONTEXT, hub, destination, snapshot, length]);
}

/** Signs by ECDSA with SHA-256 (FIPS 186-5). @param key a private one, on P-256 */
export function signReceipt(receipt: Receipt, key: KeyObject): Uint8Array {
  return Uint8Array.from(sign('sha256', receiptBytes(receipt), key));
}

/**
 * Whether the key of the certificate has signed exactly this. Never throws for what others have sent: a certificate that
 * can't be read, or whose key is none on P-256, has signed nothing.
 */
export function isSigned(receipt: Receipt, { signature, certificate }: SignedReceipt): boolean {
  try {
    const key = new X509Certificate(certificate).publicKey;
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
    return verify('sha256', receiptBytes(receipt), key, signature);
  } catch {
    return false;
  }
}
